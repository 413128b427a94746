"""Attention over sources that lie at one place, not over places."""

import math

import keras
from keras import layers, ops

from hvae.attention.resampling import depth_to_space, space_to_depth
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.convolution import convolution


@keras.saving.register_keras_serializable(package="hvae")
class DepthwiseAttention(layers.Layer):
    """inputs + γ · attended; γ is one learned number that starts at 0.

    Every pixel chooses for itself, by a softmax over depth, from what the sources have
    there. Sources of other sizes lose nothing on their way here. All pixels of a larger
    one that lie in a pixel can be chosen, and share the weight of one: with equal scores
    their mean counts as much as a pixel of this size. A pixel of a smaller one is offered
    to all pixels that lie in it: their queries are folded into it, so that it need not be
    repeated.

    Values are summed by width. They are added as they are where there is one query and
    their width is that of the inputs; otherwise a 1×1 convolution combines the results.

    Args:
        width: channels of the inputs.
        value_widths: the different channels of the sources' values.
        num_queries: attentions, each with a query of its own.
        query_width: channels of a query.
        kernel_size: side of the middle convolutions of the query's `BottleneckBlock`.

    Call arguments:
        inputs: `(batch, height, width, channels)`.
        context: what the queries are made of, `(batch, height, width, any channels)`.
        sources: list of `KeysValues` of any size of which one divides the other.

    Returns:
        `(batch, height, width, channels)`.

    Reference:
        Apostolopoulou et al. 2022 (DAVI); queries by a residual block, and their
        combination: the adaptation to VDVAE of github.com/swpenninga/hvae.
    """

    def __init__(self, width, value_widths, num_queries=1, query_width=20, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.value_widths = tuple(value_widths)
        self.num_queries = num_queries
        self.query_width = query_width
        self.kernel_size = kernel_size

        query_channels = num_queries * query_width
        self.query_net = BottleneckBlock(
            query_channels,
            query_channels,
            kernel_size=kernel_size,
            activation="silu",
            dtype=self.dtype_policy,
        )
        self.combination = None
        if num_queries > 1 or self.value_widths != (width,):
            self.combination = convolution(width, 1, self.dtype_policy)

    def build(self, input_shape, context_shape):
        self.query_net.build(context_shape)
        if self.combination is not None:
            channels = self.num_queries * sum(self.value_widths)
            self.combination.build((*input_shape[:-1], channels))
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")

    def call(self, inputs, context, sources):
        size = tuple(inputs.shape[1:3])
        queries = self._queries(context)
        scores = [_scores(queries, source) for source in sources]
        weights = ops.softmax(ops.concatenate(scores, axis=-1), axis=-1)
        sums, start = {}, 0
        for score, source in zip(scores, sources):
            end = start + score.shape[-1]
            chosen = _weighted_sum(weights[..., start:end], source)
            width, start = chosen.shape[-1], end
            sums[width] = sums[width] + chosen if width in sums else chosen
        parts = [
            ops.reshape(sums[width], (-1, *size, self.num_queries * width))
            for width in self.value_widths
        ]
        attended = ops.concatenate(parts, axis=-1)
        if self.combination is not None:
            attended = self.combination(attended)
        return inputs + self.gamma * attended

    def _queries(self, context):
        """Scaled queries in float32, `(batch, height, width, num_queries, query_width)`."""
        queries = ops.cast(self.query_net(context), "float32") / math.sqrt(self.query_width)
        return ops.reshape(queries, (-1, *context.shape[1:3], self.num_queries, self.query_width))

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "value_widths": list(self.value_widths),
            "num_queries": self.num_queries,
            "query_width": self.query_width,
            "kernel_size": self.kernel_size,
        }


def _scores(queries, source):
    """Scores in float32, `(batch, height, width, num_queries, entries)`."""
    size = tuple(queries.shape[1:3])
    keys = space_to_depth(ops.cast(source.keys, "float32"), size)
    pixels = keys.shape[3] // source.keys.shape[3]
    folded = space_to_depth(queries, tuple(keys.shape[1:3]))
    scores = ops.matmul(folded, ops.swapaxes(keys, -1, -2)) - math.log(pixels)
    return depth_to_space(scores, size)


def _weighted_sum(weights, source):
    """Sum of the values, `(batch, height, width, num_queries, channels)`."""
    size = tuple(weights.shape[1:3])
    values = space_to_depth(source.values, size)
    folded = space_to_depth(ops.cast(weights, values.dtype), tuple(values.shape[1:3]))
    return depth_to_space(ops.matmul(folded, values), size)
