"""Images inside of other files: one file a format, each gives `Items`."""
