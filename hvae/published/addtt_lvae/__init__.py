"""What github.com/addtt/ladder-vae-pytorch has published."""
