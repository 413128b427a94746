"""Where images come from: NumPy and tf.data, no model code."""
