"""The noise of updates, drawn by NumPy."""

from typing import Any, NamedTuple

from keras import ops

from hvae.noise.draws import update_noise, update_uniforms
from hvae.training.loss.augmentation import Augmentation


class UpdateNoise(NamedTuple):
    """All that is random in an update."""

    latents: tuple  # as `HVAE.noise_shapes`, standard normal
    augmentation: Any  # (pairs, uniforms of `Augmentation`); `None` without `cr_vae`


class HostNoise:
    """Draws what an update needs from the seed, the update's number and the place in the batch.

    So it is the same under every backend, and on one device or many.

    Args:
        model: an `HVAE`.
        config: a `TrainingConfig`.
        rows: places in the batch of all devices of the images that this process trains on.
    """

    def __init__(self, model, config, rows):
        self.shapes = [shape[1:] for shape in model.noise_shapes(1)]
        self.config = config
        self.rows = rows

    def __call__(self, update):
        """The `UpdateNoise` of an update, tensors."""
        seed, uniforms = self.config.seed, None
        noise = update_noise(self.shapes, seed, update, self.rows)
        if self.config.cr_vae:
            pairs = [row // 2 for row in self.rows[::2]]
            count = Augmentation.num_uniforms
            uniforms = ops.convert_to_tensor(update_uniforms(count, seed, update, pairs))
        return UpdateNoise(tuple(map(ops.convert_to_tensor, noise)), uniforms)
