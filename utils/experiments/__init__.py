"""What a run is made from: its parts as one flat configuration, in files and out of them."""
