"""Images as arrays: checked, padded, brought to other levels. NumPy only."""
