"""Metrics as a table."""

import csv
import io

from hvae.files.atomic import write_text


class CSVLog:
    """Writes one row per epoch, the whole file each time.

    Args:
        path: the file.
    """

    def __init__(self, path):
        self.path = path

    def __call__(self, progress, evaluation):
        """Write the history of a `Progress`."""
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(progress.history[-1]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(progress.history)
        write_text(self.path, text.getvalue())
