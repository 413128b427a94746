"""A function of a model, compiled, applied batch by batch."""
