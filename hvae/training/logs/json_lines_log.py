"""Metrics as JSON lines."""

import json

from hvae.files.atomic import write_text
from hvae.files.json_text import plain


class JSONLinesLog:
    """Writes an object a line, one for each epoch, the whole file each time.

    Args:
        path: the file.
    """

    def __init__(self, path):
        self.path = path

    def __call__(self, progress, evaluation):
        """Write the history of a `Progress`."""
        lines = (json.dumps(plain(row), allow_nan=False) for row in progress.history)
        write_text(self.path, "".join(f"{line}\n" for line in lines))
