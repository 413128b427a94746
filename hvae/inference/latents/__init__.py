"""Images to latents and back: encoded, decoded, reconstructed, written to files."""
