"""What each family makes of the same minutes of training on real images."""
