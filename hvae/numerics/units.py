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
        self.num_dims = num_dims
        self.label = LABELS[unit]
        self.factor = 1.0 / (num_dims * math.log(2.0)) if unit == "bits_per_dim" else 1.0

    @property
    def in_all_units(self) -> "tuple[Reporter, ...]":
        """This one first, and that of nats, if it is another: papers quote such images in both."""
        if self.unit == "nats":
            return (self,)
        return (self, Reporter("nats", self.num_dims))

    def text(self, nats: float, error: float | None = None, width: int = 0) -> str:
        """A value, with its standard error if it has one, in all units: the others in brackets.

        Args:
            nats, error: nats per image.
            width: least width of the first number.
        """
        texts = []
        for report, digits in zip(self.in_all_units, (4, 2)):
            text = f"{report(nats):{0 if texts else width}.{digits}f}"
            if error is not None:
                text += f" ± {report(error):.{digits}f}"
            texts.append(f"{text} {report.label}")
        return " ".join([texts[0], *(f"({other})" for other in texts[1:])])

    def __call__(self, nats: Any) -> Any:
        """Nats per image (number or array) in `unit`."""
        return nats * self.factor
