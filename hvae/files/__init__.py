"""Files: written whole or not at all, and named as a run names them."""
