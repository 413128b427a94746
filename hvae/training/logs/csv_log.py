"""Metrics as a table."""

import csv
import io

from hvae.training.logs.rows_log import RowsLog


class CSVLog(RowsLog):
    """Writes one row per epoch, below the names.

    Args:
        path: the file.
    """

    def head(self, row):
        return _text([row])

    def lines(self, rows):
        return _text(row.values() for row in rows)


def _text(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
