"""All that only Efficient-VDVAE (Hazami et al. 2022) has."""
