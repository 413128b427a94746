"""How long the model's walks take, step by step."""

import time
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from hvae.decoder import DecoderOutput
from hvae.errors import UserError
from hvae.images.checked_images import checked_images
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.latents.latent_block import BlockOutput
from hvae.noise.draws import latent_noise


class WalkTimes(NamedTuple):
    """Seconds for one batch, the median of several walks."""

    encoder: np.ndarray  # (scales,), largest first
    posterior: np.ndarray  # (blocks + 1,), smallest scale first, then the head; z from q
    prior: np.ndarray  # (blocks + 1,), the same with z from p


def walk_times(model, images, repeats=10, seed=0, progress=iter):
    """Time encoder, conditional and unconditional decoder.

    The layers run eagerly, one after the other, and the backend is waited for after each
    step: a compiled model is faster, and its steps cannot be told apart.

    Args:
        model: an `HVAE`.
        images: one batch, integers, `(images, height, width, channels)`.
        repeats: walks to take the median of, after one that is not counted.
        seed: seed of the noise.
        progress: wraps the sequence of walks.

    Returns:
        `WalkTimes`.

    Raises:
        UserError: if the backend cannot run eagerly.
    """
    if keras.config.backend() == "openvino":
        raise UserError(
            "backend: times by scale need tensorflow, jax or torch, which run eagerly. "
            "Received: openvino"
        )

    def times(inputs):
        images, noise = inputs
        activations, encoder = _timed(model.encoder.walk(model.encoder_input(images)))
        _, posterior = _timed(model.decoder.walk(noise, activations))
        _, prior = _timed(model.decoder.walk(noise))
        return tuple(ops.convert_to_tensor(t) for t in (encoder, posterior, prior))

    images = checked_images(images, model.config)
    inputs = (images, latent_noise(model, range(len(images)), seed))
    # Keras's own eager mode: PyTorch records no gradients in it.
    walk = CompiledFunction(model, times)
    walk.run_eagerly = True
    walk.run(inputs)
    runs = [walk.run(inputs) for _ in progress(range(repeats))]
    return WalkTimes(*(np.median(step, axis=0) for step in zip(*runs)))


def _timed(walk):
    """What a walk gives, and the seconds from each thing to the next."""
    outputs, seconds, start = [], [], time.perf_counter()
    for output in walk:
        # Reading the numbers waits for them, on backends that compute in the background.
        ops.convert_to_numpy(_last_computed(output))
        end = time.perf_counter()
        outputs.append(output)
        seconds.append(end - start)
        start = end
    return outputs, np.array(seconds, np.float32)


def _last_computed(output):
    if isinstance(output, BlockOutput):
        return output.latent.z if output.state is None else output.state
    return output.parameters if isinstance(output, DecoderOutput) else output
