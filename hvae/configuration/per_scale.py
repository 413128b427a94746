"""Settings that hold one value for all scales, or one for each from the largest on."""

import dataclasses

from hvae.errors import UserError


def of_scale(values, index):
    """The value of such a list for the scale with this index."""
    return values[index if len(values) > 1 else 0]


def check_per_scale(config, heights):
    """Check the lengths of such lists.

    Args:
        config: a `ModelConfig`.
        heights: height of every scale, from the largest to the smallest.

    Raises:
        UserError: if a list has neither one value nor one for each scale.
    """
    for field in dataclasses.fields(config):
        values = getattr(config, field.name)
        if field.metadata["per_scale"] and len(values) not in (1, len(heights)):
            several = f" or {len(heights)}, one for each scale" if len(heights) > 1 else ""
            raise UserError(
                f"{field.name}: needs 1 value{several} "
                f"(heights {' '.join(str(height) for height in heights)}). "
                f"Received: {len(values)} values, {' '.join(str(v) for v in values)}"
            )
