"""Orthogonal Sylvester flow."""

import math

import keras
import numpy as np
from keras import layers, ops

from hvae.configuration.per_scale import of_scale
from hvae.flows.base import Flow, FlowOutput
from hvae.flows.linear.householder import orthonormal_columns
from hvae.flows.linear.unit_matrix import unit_matrix
from hvae.flows.sylvester.sylvester_step import SylvesterStep
from hvae.layers.initializers import FanInUniform

# Of R1 and R2: no determinant below 1 - 0.95², so that the inverse keeps its digits.
_LARGEST_DIAGONAL = 0.95


@keras.saving.register_keras_serializable(package="hvae")
class OrthogonalSylvesterFlow(Flow):
    """Steps z' = z + Q R1 tanh(R2 Qᵀ z + b), each with its parameters from the context h.

    z is the whole latent of an image, of size D = height · width · channels. Q holds the
    first M columns of the product of M Householder reflections, whose vectors are
    v_k = o_k + W_k h / √D with a 1×1 convolution W_k and a learned o_k. The mean of h over
    the pixels gives the triangular R1 and R2, and b. R1 starts at 0: z' = z.

    Args:
        num_flows: number of steps.
        num_ortho_vecs: columns of Q, M; D if that is less.
        context_width: channels of h.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        van den Berg et al. 2018, "Sylvester Normalizing Flows for Variational Inference",
        Sections 3 and 4.
    """

    def __init__(self, num_flows=1, num_ortho_vecs=8, context_width=1, **kwargs):
        super().__init__(**kwargs)
        self.num_flows = num_flows
        self.num_ortho_vecs = num_ortho_vecs
        self.context_width = context_width

    @classmethod
    def from_model_config(cls, config, scale):
        return cls(
            num_flows=of_scale(config.num_flows, scale.index),
            num_ortho_vecs=of_scale(config.num_ortho_vecs, scale.index),
            context_width=of_scale(config.flow_in_ch, scale.index),
        )

    def build(self, input_shape):
        *place, channels = input_shape[1:]
        self.size = math.prod(place) * channels
        self.num_columns = min(self.num_ortho_vecs, self.size)
        num_vectors = self.num_flows * self.num_columns
        num_entries = self.num_flows * self.num_columns * (self.num_columns + 1) // 2
        self.offsets = self.add_weight(
            shape=(self.size, num_vectors),
            initializer=self._initial_offsets,
            name="offsets",
        )
        self.vector_net = layers.Conv2D(
            channels * num_vectors,
            1,
            use_bias=False,
            kernel_initializer=FanInUniform(),
            dtype="float32",
        )
        self.r1_net = layers.Dense(num_entries, kernel_initializer="zeros", dtype="float32")
        self.r2_net = layers.Dense(num_entries, kernel_initializer=FanInUniform(), dtype="float32")
        self.b_net = layers.Dense(num_vectors, kernel_initializer=FanInUniform(), dtype="float32")
        self.vector_net.build((None, *place, self.context_width))
        for net in (self.r1_net, self.r2_net, self.b_net):
            net.build((None, self.context_width))

    def call(self, z, context=None):
        return self._chain(z, [step.forward for step in self._steps(context)])

    def inverse(self, z, context=None):
        steps = reversed(self._steps(context))
        return self._chain(ops.cast(z, "float32"), [step.inverse for step in steps])

    def _chain(self, z, maps):
        """`FlowOutput` of maps of whole latents, `(batch, size)`, one after the other."""
        flat = ops.reshape(z, (-1, self.size))
        total = ops.zeros_like(flat[:, 0])
        for one in maps:
            flat, log_det = one(flat)
            total = total + log_det
        return FlowOutput(ops.reshape(flat, (-1, *z.shape[1:])), total)

    def _steps(self, context):
        """The `SylvesterStep`s that a context asks for, in order."""
        if context is None:
            raise ValueError(
                f"context must have {self.context_width} channels. Received: context=None"
            )
        context = ops.cast(context, "float32")
        mean = ops.mean(context, axis=(1, 2))  # (batch, context_width)
        r1, r2 = (self._triangular(net(mean)) for net in (self.r1_net, self.r2_net))
        b = ops.reshape(self.b_net(mean), (-1, self.num_flows, self.num_columns))
        q = orthonormal_columns(self._vectors(context), self.num_columns)
        of_steps = (ops.unstack(values, axis=1) for values in (r1, r2, q, b))
        return [SylvesterStep(*values) for values in zip(*of_steps)]

    def _vectors(self, context):
        """The vectors of the reflections, `(batch, num_flows, size, num_columns)`."""
        vectors = ops.reshape(self.vector_net(context), (-1, *self.offsets.shape))
        vectors = self.offsets + vectors * self.size**-0.5  # (batch, size, num_vectors)
        vectors = ops.reshape(vectors, (-1, self.size, self.num_flows, self.num_columns))
        return ops.transpose(vectors, (0, 2, 1, 3))

    def _triangular(self, entries):
        """Upper triangular matrices, `(batch, num_flows, num_columns, num_columns)`."""
        size = self.num_columns
        entries = ops.reshape(entries, (-1, self.num_flows, size * (size + 1) // 2))
        # Written twice, forwards and backwards, each entry is once in the upper triangle.
        twice = ops.concatenate([entries, ops.flip(entries[..., size:], axis=-1)], axis=-1)
        square = ops.reshape(twice, (-1, self.num_flows, size, size))
        diagonal = unit_matrix(size) * (_LARGEST_DIAGONAL * ops.tanh(square))
        # A product with ones and zeros: `ops.triu` is 33 nodes of TensorFlow's graph.
        return ops.multiply(square, np.triu(np.ones((size, size), "float32"), 1)) + diagonal

    def _initial_offsets(self, shape, dtype=None):
        """Vector k reflects the k-th axis to a random direction, across all pixels."""
        axes = ops.tile(unit_matrix(self.size, self.num_columns), (1, self.num_flows))
        return axes + FanInUniform(math.sqrt(3.0))(shape, dtype)  # length 1 each

    def get_config(self):
        return {
            **super().get_config(),
            "num_flows": self.num_flows,
            "num_ortho_vecs": self.num_ortho_vecs,
            "context_width": self.context_width,
        }
