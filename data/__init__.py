"""Where images come from: NumPy and tf.data, no model code."""

from data.sets import register_dataset

__all__ = ["register_dataset"]
