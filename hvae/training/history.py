"""The metrics of all epochs."""

import collections.abc

import numpy as np


class History(collections.abc.Sequence):
    """Metrics by name of every epoch; a table, in which a number takes eight bytes.

    Training goes on for thousands of epochs, and every state that is saved has all of them.

    Args:
        rows: a dictionary of numbers an epoch.
    """

    def __init__(self, rows=()):
        rows = list(rows)
        self._table = _table(rows) if rows else None

    @classmethod
    def from_arrays(cls, arrays):
        """Inverse of `to_arrays`."""
        history = cls()
        history._table = arrays.get("history")
        return history

    def to_arrays(self):
        """Arrays by name: a structured one with a field for each name, unless there is no row."""
        return {} if self._table is None else {"history": self._table}

    def append(self, row):
        """Add an epoch. A name that some epochs lack is NaN there."""
        new = _table([row])
        if self._table is None:
            self._table = new
        elif new.dtype == self._table.dtype:
            self._table = np.append(self._table, new)
        else:
            self._table = _table([*self, row])

    def __len__(self):
        return 0 if self._table is None else len(self._table)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        row = self._table[index]
        return dict(zip(row.dtype.names, row.item()))


def _table(rows):
    names = dict.fromkeys(name for row in rows for name in row)
    fields = [(name, _kind([row.get(name) for row in rows])) for name in names]
    values = [tuple(row.get(name, np.nan) for name in names) for row in rows]
    return np.array(values, fields)


def _kind(column):
    return np.int64 if all(isinstance(value, (int, np.integer)) for value in column) else np.float64
