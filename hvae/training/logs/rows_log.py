"""Metrics as a text that grows by a line an epoch."""

import abc

from hvae.files.atomic import append_text, write_text


class RowsLog(abc.ABC):
    """Writes the whole history at first, then a row after every epoch.

    It is written whole again where the file is no longer as this has left it.

    Args:
        path: the file.
    """

    def __init__(self, path):
        self.path = path
        self._left = None  # rows, bytes

    def __call__(self, progress, evaluation):
        """Write the last epoch of a `Progress`."""
        history = progress.history
        if self._left == (len(history) - 1, self._size()):
            append_text(self.path, self.lines(history[-1:]))
        else:
            write_text(self.path, self.head(history[-1]) + self.lines(history))
        self._left = len(history), self._size()

    @abc.abstractmethod
    def head(self, row):
        """What comes before the first row, as text.

        Args:
            row: metrics by name of one epoch.
        """

    @abc.abstractmethod
    def lines(self, rows):
        """Rows as text, each with the end of its line."""

    def _size(self):
        return self.path.stat().st_size if self.path.is_file() else None
