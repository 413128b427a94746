"""A run: made, filled, used, reported."""
