"""Parameters of Efficient-VDVAE's JAX version, asked for by the names of its PyTorch version."""

import re

import numpy as np

from hvae.published.state_dict import StateDict

# In this order: what a rule has made, those after it see.
_RULES = (
    (r"levels_up_downsample\.(\d+)", r"block_up_level_\1_downsample"),
    (r"levels_up\.(\d+)\.(\d+)", r"block_up_level_\1_\2"),
    (r"levels_down_upsample\.(\d+)", r"block_down_level_\1_upsample"),
    (r"levels_down\.(\d+)\.(\d+)", r"block_down_level_\1_\2"),
    (r"residual_block\.(\d+)", r"residual_block_\1"),
    (r"(prior|posterior)_net\.0", r"\1_net"),
    (r"(prior|posterior)_layer\b", r"\1_gaussian_layer"),
    (r"\bz_projection", r"z_projection/z_projection"),
    (r"\bunpool\.ops\.0", r"unpooling_layer/conv"),
    (r"\bunpool\.", r"unpooling_layer/"),
    (r"\bpool\.ops\.0", r"pooling_layer/conv"),
    # PyTorch counts the activations too.
    (r"convs\.(\d+)", lambda match: f"conv_{int(match[1]) // 2}"),
    (r"\.", "/"),
)


class JaxParams(StateDict):
    """Tensors by JAX's names; keeps account of which were used.

    Kernels are HWIO there and maps `(1, H, W, C)`, as here.

    Args:
        tensors: names, as `bottom_up/input_conv/conv/kernel`, and arrays.
        config: the model's `EfficientVDVAEConfig`.
    """

    def __init__(self, tensors, config):
        super().__init__(tensors)
        is_mixture = config.likelihood == "dmol"
        self._output_order = _output_order(config) if is_mixture else slice(None)

    def assign_convolution(self, name, layer):
        order = self._output_order if name == "top_down.output_conv" else slice(None)
        name = _jax_name(name)
        self.assign(f"{name}/conv/kernel", layer.kernel, lambda w: w[:, :, :, order])
        self.assign(f"{name}/conv/bias", layer.bias, lambda b: b[order])

    def assign_map(self, name, variable):
        self.assign(_jax_name(name), variable)

    def discard(self, name):
        self._unused -= {f"{_jax_name(name)}/conv/{part}" for part in ("kernel", "bias")}


def _jax_name(name):
    for pattern, replacement in _RULES:
        name = re.sub(pattern, replacement, name)
    return name


def _output_order(config):
    """For each output channel of ours the one of JAX's.

    After M mixture logits both have means, scales and coefficients of M components for C
    channels: here channel by channel, there the channels side by side.
    """
    mixtures, channels = config.num_output_mixtures, config.image_channels
    rest = np.arange(mixtures * 3 * channels).reshape(3 * mixtures, channels)
    return np.concatenate([np.arange(mixtures), mixtures + rest.T.reshape(-1)])
