"""Attention sources, grouped by shape."""

from keras import ops

from hvae.attention.keys_values import KeysValues


class Sources:
    """Keys and values that grow in number without being copied each time.

    Those of one shape are stacked once, when the first of another shape comes.

    Example:
        >>> sources = Sources()
        >>> sources.add(keys_values)
        >>> list(sources)
    """

    def __init__(self):
        self._stacked = []
        self._single = []  # all of one shape

    def add(self, source):
        """Take a `KeysValues` up."""
        if self._single and self._single[0].values.shape[1:] != source.values.shape[1:]:
            self._stack()
        self._single.append(source)

    def __iter__(self):
        return iter([*self._stacked, *self._single])

    def _stack(self):
        keys, values = (
            ops.concatenate(tensors, axis=3) if len(tensors) > 1 else tensors[0]
            for tensors in ([s.keys for s in self._single], [s.values for s in self._single])
        )
        self._stacked.append(KeysValues(keys, values))
        self._single = []
