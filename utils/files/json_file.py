"""Results as a file that people read too."""

from hvae.files.atomic import write_text
from hvae.files.json_text import json_text


def write_json(path, values):
    """Write plain values as indented JSON, whole; a number that is none is `null`."""
    write_text(path, json_text(values) + "\n")
