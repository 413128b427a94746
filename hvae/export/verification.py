"""How far an exported part is from the model that it was made of."""

import functools
import math

import numpy as np

from hvae.deploy.batched_run import run_in_batches
from hvae.errors import UserError
from hvae.inference.running.compiled_function import CompiledFunction

#: In fp32: largest difference of floats, relative to the largest of the source's.
LARGEST_DIFFERENCE = 1e-4
#: In fp32: share of the pixels of images that may be rounded to another level.
LARGEST_SHARE = 0.01
_NUM_COMPARED = 16
_BATCH = 16


class Verification:
    """Compares an exported part with its source.

    Args:
        part: the `Part`.
        images: integers, `(images, height, width, channels)`; numbers are compared on the
            first 16.
        seed: seed of the noise.
        batch: images of a batch of what is exported; `None`: any number.
    """

    def __init__(self, part, images, seed, batch):
        self.part = part
        self.images = images
        self.seed = seed
        self.batch = batch or _BATCH
        self.num_compared = min(len(images), _NUM_COMPARED)
        self._compiled = CompiledFunction(part.model, part.call)

    def differences(self, run):
        """Largest relative difference, or for images the share of other pixels, by output.

        Of the exported part's outputs, `parameters` among them if it has been given them.

        Args:
            run: the exported part, a function from arrays by name to arrays by name.
        """
        inputs, source = self._compared
        # Twice: what one run leaves behind must not change the next.
        self._run(run, inputs)
        exported = self._run(run, inputs)
        return {name: _difference(source[name], values) for name, values in exported.items()}

    def bits_lost(self, run):
        """What an image loses, on average, in bits/dim; see `Part.loss_nats`.

        Args:
            run: as of `differences`.
        """
        inputs = self.part.inputs_of(self.images, self.seed)
        nats = []
        # The likelihood's parameters of all images might not fit into memory.
        for start in range(0, len(self.images), _BATCH):
            end = start + _BATCH
            batch = {name: values[start:end] for name, values in inputs.items()}
            source, exported = (self._run(f, batch) for f in (self._compiled.run, run))
            nats.append(self.part.loss_nats(self.images[start:end], source, exported))
        dims = self.part.model.config.num_dims
        return float(np.concatenate(nats).mean() / (dims * math.log(2.0)))

    @functools.cached_property
    def _compared(self):
        """Inputs such as the part meets in use, and what the source makes of them."""
        inputs = self.part.typical_inputs(self.images[: self.num_compared], self.seed)
        return inputs, self._run(self._compiled.run, inputs)

    def _run(self, function, inputs):
        return run_in_batches(function, inputs, self.batch)


def refuse_differences(part, differences):
    """Refuse a part in fp32 that is not its source.

    Args:
        part: the `Part`.
        differences: as of `Verification.differences`.

    Raises:
        UserError: names the output.
    """
    images = [port.name for port in part.outputs if port.dtype != "float32"]
    for output, difference in differences.items():
        allowed = LARGEST_SHARE if output in images else LARGEST_DIFFERENCE
        # Also what is not a number.
        if not difference <= allowed:
            raise UserError(
                f"{part.name}: {output} is off by {difference:.1e} of the model's, allowed is "
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
