"""Tensors of github.com/NVlabs/NVAE, whose kernels have a logarithm of their length beside them."""

import numpy as np
from keras import ops

from hvae.published.state_dict import StateDict, to_hwio

_EPSILON = 1e-5  # beside the length, which is divided by


class NormalizedWeights(StateDict):
    """Tensors by name; kernels are e^log_weight_norm · w / (‖w‖ + 1e-5).

    Where our layer keeps a direction and a length, it is given these; else the kernel.
    """

    def __init__(self, tensors):
        # What that code kept of its last pass, and computes anew in the next.
        kept = {k: v for k, v in tensors.items() if not k.endswith(".weight_normalized")}
        super().__init__(kept)

    def assign_weight_norm(self, name, layer):
        self.assign(f"{name}.weight", layer.direction, to_hwio)
        self._assign_gain(name, layer.gain, ops.convert_to_numpy(layer.direction))
        self.assign(f"{name}.bias", layer.bias)

    def assign_autoregressive(self, name, layer, has_bias):
        """Give an `AutoregressiveConvolution` its weight, which is normalised after masking."""
        self.assign(f"{name}.weight", layer.direction, to_hwio)
        self._assign_gain(name, layer.gain, ops.convert_to_numpy(layer.direction) * layer.mask)
        if has_bias:  # ours starts as zero
            self.assign(f"{name}.bias", layer.bias)

    def assign_normalized(self, name, layer, has_bias=True):
        """Give a plain convolution the kernel that weight and length make."""
        log_norm = self.take(f"{name}.log_weight_norm").astype("float64")

        def normalized(weight):
            weight = weight.astype("float64")
            length = np.sqrt((weight**2).sum(axis=(1, 2, 3), keepdims=True))
            return to_hwio(np.exp(log_norm) * weight / (length + _EPSILON))

        self.assign(f"{name}.weight", layer.kernel, normalized)
        if has_bias:
            self.assign(f"{name}.bias", layer.bias)

    def _assign_gain(self, name, gain, direction):
        length = np.sqrt((direction.astype("float64") ** 2).sum(axis=(0, 1, 2)))

        def convert(log_norm):
            return np.exp(log_norm.reshape(len(log_norm))) * length / (length + _EPSILON)

        self.assign(f"{name}.log_weight_norm", gain, convert)
