"""Single Sylvester steps; the flows made of them are in `posterior`."""
