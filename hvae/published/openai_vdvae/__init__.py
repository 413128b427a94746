"""What github.com/openai/vdvae has published."""
