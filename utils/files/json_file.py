"""Results as a file that people read too."""

import json

from hvae.files.atomic import write_text


def write_json(path, values):
    """Write plain values as indented JSON, whole."""
    write_text(path, json.dumps(values, indent=2) + "\n")
