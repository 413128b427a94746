"""Images from the prior."""
