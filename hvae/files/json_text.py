"""Plain values as JSON that every reader of JSON takes."""

import json
import math


def json_text(values):
    """Indented JSON; `null` for numbers that are none or infinite, which JSON does not have."""
    return json.dumps(_with_nulls(values), indent=2, allow_nan=False)


def _with_nulls(value):
    if isinstance(value, dict):
        return {name: _with_nulls(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_nulls(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
