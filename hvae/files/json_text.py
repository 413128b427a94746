"""Plain values as JSON that every reader of JSON takes."""

import json
import math


def json_text(values):
    """Indented JSON; `null` for numbers that are none or infinite, which JSON does not have."""
    return json.dumps(plain(values), indent=2, allow_nan=False)


def plain(value):
    """Values with `None` for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
