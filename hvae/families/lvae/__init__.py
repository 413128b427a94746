"""All that only Ladder VAE (Sønderby et al. 2016) has."""
