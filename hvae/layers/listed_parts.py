"""A layer whose parts Keras lists."""

import collections


class ListedParts:
    """For a `Layer` that is no model: `summary(expand_nested=True)` shows what is in it."""

    @property
    def layers(self):
        # Not a list: Keras would write one into files of weights, under a name of its own.
        return collections.deque(self._flatten_layers(include_self=False, recursive=False))
