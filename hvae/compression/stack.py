"""The entropy coder: a stack of bits on which symbols are pushed and from which they are popped."""

import numpy as np

from hvae.errors import UserError

#: Steps of the grid in a standard deviation of the prior.
STEPS = 64
#: The grid ends this many standard deviations of the prior from its mean.
REACH = 16
_LIMIT = STEPS * REACH
_LEAST_STD = 1e-3  # steps


class Stack:
    """Asymmetric numeral systems, by the package constriction.

    Every distribution becomes integers of 24 bits there, the same when pushing and popping.

    Args:
        words: what it starts with, uint32.

    Reference:
        Duda 2009; Bamler 2022 (constriction).
    """

    def __init__(self, words):
        try:
            import constriction
        except ImportError as error:
            raise UserError(
                "compression needs the package constriction, which is not installed"
            ) from error
        model = constriction.stream.model
        self._coder = constriction.stream.stack.AnsCoder(np.asarray(words, np.uint32))
        self._gaussian = model.QuantizedGaussian(-_LIMIT, _LIMIT)
        self._table = model.Categorical(perfect=False)
        self._prior = (0.0, float(STEPS))
        self.low_water = len(self.words())  # how many words from the bottom were never touched

    def words(self):
        """What is on it, uint32, the top last."""
        return self._coder.get_compressed()

    @property
    def num_bits(self):
        return self._coder.num_bits()

    def pop_posterior(self, mean, std):
        """Places on the grid, drawn by the bits on the stack.

        Args:
            mean, std: of each variable, in steps of the grid, float64 of one shape.
        """
        places = self._coder.decode(self._gaussian, *_parameters(mean, std))
        self._note_level()
        return places.reshape(mean.shape)

    def push_posterior(self, places, mean, std):
        """The inverse of `pop_posterior`."""
        self._coder.encode_reverse(_flat(places), self._gaussian, *_parameters(mean, std))

    def push_prior(self, places):
        """Push places under the prior, of which a standard deviation is `STEPS` steps."""
        mean, std = (np.full(places.size, value) for value in self._prior)
        self._coder.encode_reverse(_flat(places), self._gaussian, mean, std)

    def pop_prior(self, shape):
        """The inverse of `push_prior`."""
        count = int(np.prod(shape))
        mean, std = (np.full(count, value) for value in self._prior)
        places = self._coder.decode(self._gaussian, mean, std)
        self._note_level()
        return places.reshape(shape)

    def push_values(self, values, probabilities):
        """Push values 0 … n − 1 with the probabilities of all n, `(count, n)` float32."""
        self._coder.encode_reverse(_flat(values), self._table, probabilities)

    def pop_values(self, probabilities):
        """The inverse of `push_values`."""
        values = self._coder.decode(self._table, probabilities)
        self._note_level()
        return values

    def _note_level(self):
        # Its last two words are in motion: those below them are as they were.
        self.low_water = min(self.low_water, max(0, self._coder.num_words() - 2))


def _flat(values):
    return np.ascontiguousarray(values.reshape(-1), dtype=np.int32)


def _parameters(mean, std):
    mean = np.clip(mean.reshape(-1), -_LIMIT + 1.0, _LIMIT - 1.0)
    return mean, np.clip(std.reshape(-1), _LEAST_STD, float(_LIMIT))
