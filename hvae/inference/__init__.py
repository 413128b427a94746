"""Using a model: arrays in, named results out."""
