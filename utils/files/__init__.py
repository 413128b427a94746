"""Files of results, and images from files."""
