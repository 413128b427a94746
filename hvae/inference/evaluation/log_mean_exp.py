"""log mean exp of values that come one after the other."""

import numpy as np


class LogMeanExp:
    """log of the mean of exp(v), for any number of values v in the memory of two.

    Kept are the largest value so far and the sum of exp(v − largest), in float64.

    Args:
        shape: of the values; each element has its own mean.

    Example:
        >>> total = LogMeanExp(())
        >>> total.add(0.0), total.add(np.log(3.0))
        >>> np.exp(total.value)  # 2.0
    """

    def __init__(self, shape):
        self.count = 0
        self._largest = np.full(shape, -np.inf)
        self._sum = np.zeros(shape)

    def add(self, values):
        """Add one array of values; −∞ counts as a weight of zero."""
        values = np.asarray(values, np.float64)
        largest = np.maximum(self._largest, values)
        # Without a finite value yet, −∞ − (−∞) would be NaN.
        shift = np.where(np.isneginf(largest), 0.0, largest)
        self._sum = self._sum * np.exp(self._largest - shift) + np.exp(values - shift)
        self._largest = largest
        self.count += 1

    @property
    def value(self):
        """The result so far, float64; −∞ where every value was."""
        with np.errstate(divide="ignore"):
            return np.where(np.isneginf(self._largest), 0.0, self._largest) + np.log(
                self._sum / self.count
            )
