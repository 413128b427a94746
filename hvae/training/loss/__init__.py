"""What an update minimises, and what it is made of."""
