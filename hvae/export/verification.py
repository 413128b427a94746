"""How far an exported part is from the model that it was made of."""

import functools
import math

import numpy as np

from hvae.errors import UserError
from hvae.export.batched_run import run_in_batches
from hvae.export.port import names_of
from hvae.inference.compiled_function import CompiledFunction

#: In fp32: largest difference of floats, relative to the largest of the source's.
LARGEST_DIFFERENCE = 1e-4
#: In fp32: share of the pixels of images that may be rounded to another level.
LARGEST_SHARE = 0.01
_BATCH = 16


class Verification:
    """Compares an exported part with its source.

    Args:
        part: the `Part`.
        run: the exported part, a function from arrays by name to arrays by name.
        batch: images of a batch of it; `None`: any number.
    """

    def __init__(self, part, run, batch):
        self.part = part
        source = CompiledFunction(part.model, part.call).run
        size = {"batch_size": batch or _BATCH}
        self._exported = functools.partial(run_in_batches, run, **size)
        self._source = functools.partial(run_in_batches, source, **size)

    def differences(self, images, seed):
        """Largest relative difference, or for images the share of other pixels, by output.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise.
        """
        inputs = self.part.typical_inputs(images, seed)
        source = self._source(inputs)
        # Twice: what one run leaves behind must not change the next.
        self._exported(inputs)
        exported = self._exported(inputs)
        return {
            name: _difference(source[name], exported[name]) for name in names_of(self.part.outputs)
        }

    def bits_lost(self, images, seed):
        """What an image loses, on average, in bits/dim; see `Part.loss_nats`."""
        inputs = self.part.inputs_of(images, seed)
        nats = self.part.loss_nats(images, self._source(inputs), self._exported(inputs))
        return float(np.mean(nats) / (self.part.model.config.num_dims * math.log(2.0)))


def refuse_differences(name, differences, dtypes):
    """Refuse a part in fp32 that is not its source.

    Args:
        name: the part.
        differences: as of `Verification.differences`.
        dtypes: of the outputs, by name.

    Raises:
        UserError: names the output.
    """
    for output, difference in differences.items():
        allowed = LARGEST_DIFFERENCE if dtypes[output] == "float32" else LARGEST_SHARE
        # Also what is not a number.
        if not difference <= allowed:
            raise UserError(
                f"{name}: {output} is off by {difference:.1e} of the model's, allowed is "
                f"{allowed:g}; nothing was written"
            )


def refuse_loss(name, precision, lost, allowed):
    """Refuse a part that loses too much.

    Raises:
        UserError: says how much.
    """
    if not lost <= allowed:
        raise UserError(
            f"{name} in {precision} loses {lost:.4f} bits/dim, allowed is --max_bits_lost "
            f"{allowed:g}; nothing was written"
        )


def _difference(source, exported):
    if source.dtype.kind in "iu":
        return float(np.mean(source != exported))
    largest = np.abs(source).max(initial=0.0)
    difference = np.abs(exported - source).max(initial=0.0)
    return float(difference / largest) if largest else float(difference)
