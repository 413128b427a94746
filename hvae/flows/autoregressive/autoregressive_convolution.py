"""Masked convolution: an output sees only what comes before it."""

import keras
import numpy as np
from keras import layers, ops

from hvae.flows.linear.kernel_bound import bounded_kernel
from hvae.layers.initializers import FanInUniform
from hvae.layers.weight_normalization import initial_gain, normalized_kernel


@keras.saving.register_keras_serializable(package="hvae")
class AutoregressiveConvolution(layers.Layer):
    """A weight-normalised convolution that respects an order of pixels and channels.

    Pixels are ordered by rows from the top, within a row from one side. Within a pixel
    the channels are in groups of neighbours, as many as the latent has channels, some empty if
    there are fewer; an output of group g sees the groups up to g, or with `strict` those
    before g.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, odd, pixels.
        groups: channels of the latent.
        strict: whether the own group is masked too.
        mirrored: whether pixels are ordered the other way round, from the bottom.
        row_start: where a row starts: `"left"` or `"right"`; if mirrored, there it ends.
        depthwise: whether an output sees its own channel only; keeps the channels.
        scale: factor on the initial weights; 0 gives zeros.
        norm_bound: the operator norm is held below it, see `bounded_kernel`, or `None`.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Kingma et al. 2016 (IAF); weights normalised after masking as in Vahdat & Kautz
        2020 (NVAE), Appendix A.
    """

    def __init__(
        self,
        width,
        kernel_size,
        groups,
        strict=False,
        mirrored=False,
        depthwise=False,
        scale=1.0,
        norm_bound=None,
        row_start="right",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.width = width
        self.kernel_size = kernel_size
        self.groups = groups
        self.strict = strict
        self.mirrored = mirrored
        self.depthwise = depthwise
        self.scale = scale
        self.norm_bound = norm_bound
        self.row_start = row_start

    def build(self, input_shape):
        inputs = 1 if self.depthwise else input_shape[-1]
        shape = (self.kernel_size, self.kernel_size, inputs, self.width)
        self.mask = self._mask(inputs)
        # Norms are float32 whatever the dtype policy.
        self.direction = self.add_weight(
            shape=shape, initializer=FanInUniform(), autocast=False, name="direction"
        )
        self.gain = self.add_weight(
            shape=(self.width,),
            initializer=self._initial_gain,
            autocast=False,
            name="gain",
        )
        self.bias = self.add_weight(shape=(self.width,), initializer="zeros", name="bias")

    @property
    def kernel(self):
        """The masked and normalised kernel, `(height, width, in, out)`, float32."""
        kernel = normalized_kernel(self.direction * self.mask, self.gain)
        if self.norm_bound is None:
            return kernel
        places = np.count_nonzero(self.mask.any(axis=(2, 3)))
        return bounded_kernel(kernel, self.norm_bound, places)

    def call(self, inputs):
        return self._convolve(inputs, self.kernel)

    def map(self):
        """What `call` does, as a function: however often it is called, it has one kernel."""
        kernel = self.kernel
        return lambda inputs: self._convolve(inputs, kernel)

    def _convolve(self, inputs, kernel):
        kernel = ops.cast(kernel, inputs.dtype)
        if self.depthwise:
            kernel = ops.transpose(kernel, (0, 1, 3, 2))
            return ops.add(ops.depthwise_conv(inputs, kernel, padding="same"), self.bias)
        return ops.add(ops.conv(inputs, kernel, padding="same"), self.bias)

    def _initial_gain(self, shape, dtype):
        return self.scale * initial_gain(self.direction * self.mask)

    def _mask(self, inputs):
        """1 where a weight may be, `(height, width, in, out)`."""
        middle = self.kernel_size // 2
        mask = np.zeros((self.kernel_size, self.kernel_size, inputs, self.width), "float32")
        mask[:middle] = 1.0
        before = slice(middle) if self.row_start == "left" else slice(middle + 1, None)
        mask[middle, before] = 1.0
        if self.mirrored:
            mask = mask[::-1, ::-1].copy()
        if self.depthwise:
            mask[middle, middle] = 1.0
        else:
            source = np.arange(inputs) * self.groups // inputs
            target = np.arange(self.width) * self.groups // self.width
            is_before = source[:, None] < target[None, :]
            is_same = source[:, None] == target[None, :]
            mask[middle, middle] = is_before if self.strict else is_before | is_same
        return mask

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.width)

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "kernel_size": self.kernel_size,
            "groups": self.groups,
            "strict": self.strict,
            "mirrored": self.mirrored,
            "depthwise": self.depthwise,
            "scale": self.scale,
            "norm_bound": self.norm_bound,
            "row_start": self.row_start,
        }
