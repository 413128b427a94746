"""What github.com/Rayhane-mamah/Efficient-VDVAE has published in JAX."""
