"""All that only VDVAE (Child 2021) has."""
