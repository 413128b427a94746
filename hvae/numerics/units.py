"""Nats inside, the field's units at the border."""

import math
from typing import Any, Literal

#: How each unit is written for people.
LABELS = {"bits_per_dim": "bits/dim", "nats": "nats"}


class Reporter:
    """Turns nats per image into the unit in which the field quotes such images.

    Args:
        unit: `"bits_per_dim"` (discretized images) or `"nats"` (binary or continuous ones).
        num_dims: pixels times channels of an image.
    """

    def __init__(self, unit: Literal["bits_per_dim", "nats"], num_dims: int):
        self.unit = unit
        self.label = LABELS[unit]
        self.factor = 1.0 / (num_dims * math.log(2.0)) if unit == "bits_per_dim" else 1.0

    def __call__(self, nats: Any) -> Any:
        """Nats per image (number or array) in `unit`."""
        return nats * self.factor
