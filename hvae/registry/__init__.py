"""How parts are found by their names."""
