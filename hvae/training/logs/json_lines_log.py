"""Metrics as JSON lines."""

import json

from hvae.files.json_text import plain
from hvae.training.logs.rows_log import RowsLog


class JSONLinesLog(RowsLog):
    """Writes an object a line, one for each epoch.

    Args:
        path: the file.
    """

    def head(self, row):
        return ""

    def lines(self, rows):
        return "".join(f"{json.dumps(plain(row), allow_nan=False)}\n" for row in rows)
