"""Initial values of the convolutions."""

import math
import random

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="hvae")
class FanInUniform(keras.initializers.Initializer):
    """Uniform in ±scale/√fan_in, as the published PyTorch models start.

    Drawn by NumPy: the same seed gives the same weights under every backend.

    Args:
        scale: factor on the weights; 0 gives zeros.
        depthwise: whether the kernel is that of a depthwise convolution, where an
            output sees one input channel only.
        seed: drawn from Python's generator, which `keras.utils.set_random_seed`
            seeds, if left out.
    """

    def __init__(self, scale=1.0, depthwise=False, seed=None):
        self.scale = scale
        self.depthwise = depthwise
        self.seed = random.getrandbits(31) if seed is None else seed

    def __call__(self, shape, dtype=None):
        fan_in = math.prod(shape[:-2] if self.depthwise else shape[:-1])
        values = np.random.default_rng(self.seed).random(shape, dtype=np.float32)
        values -= 0.5
        values *= 2.0 * self.scale / math.sqrt(fan_in)
        return ops.convert_to_tensor(values, dtype=dtype)

    def get_config(self):
        return {"scale": self.scale, "depthwise": self.depthwise, "seed": self.seed}
