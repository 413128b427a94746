"""Where images come from: NumPy and Pillow, no backend and no model code."""

from data.sets import register_dataset

__all__ = ["register_dataset"]
