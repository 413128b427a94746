"""Bottleneck residual block."""

import keras
from keras import layers, ops

from hvae.layers.activation import get_activation
from hvae.layers.convolution import convolution
from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class BottleneckBlock(layers.Layer):
    """Pre-activated convolutions: 1×1, k×k (two unless told otherwise), 1×1.

    Each convolution follows (group normalisation, if any, and) an activation. With
    `residual` the input is added to the result, which asks for `out_width` to be the
    input's width.

    Args:
        middle_width: channels between the convolutions.
        out_width: channels of the result.
        kernel_size: side of the middle convolutions; 1 at the smallest scales.
        num_middle: number of middle convolutions.
        outer_kernel_size: side of the first and the last convolution.
        activation: name of a Keras activation.
        residual: whether the input is added to the result.
        last_scale: factor on the initial weights of the last convolution: 1/√depth
            in residual paths, 0 for a block that starts as zero.
        group_norm: whether to normalise in 8 groups before each activation.
        depthwise: replaces the middle convolutions by 5×5 depthwise ones, where
            `kernel_size` is not 1.
        odd_row: as in `convolution`, of all convolutions but the first, which has it below.

    Call arguments:
        inputs: `(batch, height, width, channels)`; or several such tensors in a list, which are
            read as their concatenation along the channels.
        activated: what `activated` gave for the inputs, in a list, `None` where it is not known.

    Output shape: `(batch, height, width, out_width)`.

    Raises:
        ValueError: if a residual block would change the number of channels.

    Reference:
        Child 2021, Figure 3; depthwise: Vahdat & Kautz 2020 (NVAE), Section 3.1.
    """

    groups = 8
    depthwise_kernel_size = 5

    def __init__(
        self,
        middle_width,
        out_width,
        kernel_size=3,
        num_middle=2,
        outer_kernel_size=1,
        activation="gelu",
        residual=False,
        last_scale=1.0,
        group_norm=False,
        depthwise=False,
        odd_row="above",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.middle_width = middle_width
        self.out_width = out_width
        self.kernel_size = kernel_size
        self.num_middle = num_middle
        self.outer_kernel_size = outer_kernel_size
        self.activation = activation
        self.residual = residual
        self.last_scale = last_scale
        self.group_norm = group_norm
        self.depthwise = depthwise
        self.odd_row = odd_row

        self.activate = get_activation(activation)
        self.convolutions = [
            # As in Efficient-VDVAE's PyTorch code, whose first convolution alone is PyTorch's own.
            convolution(middle_width, outer_kernel_size, self.dtype_policy, odd_row="below"),
            *(self._spatial() for _ in range(num_middle)),
            convolution(out_width, outer_kernel_size, self.dtype_policy, last_scale, odd_row),
        ]
        self.norms = [self._norm() for _ in self.convolutions] if group_norm else []

    def build(self, input_shape):
        if self.residual and input_shape[-1] != self.out_width:
            raise ValueError(
                "A residual block keeps the number of channels. "
                f"Received: out_width={self.out_width}, input channels {input_shape[-1]}"
            )
        shape = tuple(input_shape)
        for i, layer in enumerate(self.convolutions):
            if self.group_norm:
                self.norms[i].build(shape)
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, inputs, activated=None):
        parts = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        if self.group_norm:
            joint = ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]
            outputs = self.convolutions[0](self.activate(self.norms[0](joint)))
        else:
            known = activated or [None] * len(parts)
            read = [self.activate(x) if a is None else a for x, a in zip(parts, known)]
            outputs = self.convolutions[0](read)
        for i, layer in enumerate(self.convolutions[1:], start=1):
            if self.group_norm:
                outputs = self.norms[i](outputs)
            outputs = layer(self.activate(outputs))
        return inputs + outputs if self.residual else outputs

    def activated(self, inputs):
        """What the first convolution reads of `inputs`, for all blocks that read them too.

        `None` with group normalisation, which every block does with weights of its own.
        """
        return None if self.group_norm else self.activate(inputs)

    def _norm(self):
        return layers.GroupNormalization(self.groups, dtype=self.dtype_policy)

    def _spatial(self):
        if self.depthwise and self.kernel_size > 1:
            return layers.DepthwiseConv2D(
                max(self.depthwise_kernel_size, self.kernel_size),
                padding="same",
                depthwise_initializer=FanInUniform(depthwise=True),
                dtype=self.dtype_policy,
            )
        return convolution(
            self.middle_width, self.kernel_size, self.dtype_policy, odd_row=self.odd_row
        )

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.out_width)

    def get_config(self):
        return {
            **super().get_config(),
            "middle_width": self.middle_width,
            "out_width": self.out_width,
            "kernel_size": self.kernel_size,
            "num_middle": self.num_middle,
            "outer_kernel_size": self.outer_kernel_size,
            "activation": self.activation,
            "residual": self.residual,
            "last_scale": self.last_scale,
            "group_norm": self.group_norm,
            "depthwise": self.depthwise,
            "odd_row": self.odd_row,
        }
