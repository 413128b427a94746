"""Solution of v = g(v) by iteration."""

import math

from keras import ops

_TOLERANCE = 1e-6


def fixed_point(function, start, steps_per_variable=1):
    """v with v = function(v) for every image, same shape as `start`.

    Ends when no variable moves by more than a millionth of its image's largest one (or of 1),
    or after as many steps as it takes to make each variable right in turn, in autoregressive order.

    Args:
        function: from `(batch, height, width, channels)` to the same shape.
        start: where to begin.
        steps_per_variable: steps for one variable once those before it are right.
    """

    def moves(_, change):
        return change > _TOLERANCE

    def step(value, _):
        better = function(value)
        largest = ops.maximum(_largest_of_image(better), 1.0)
        return better, ops.max(_largest_of_image(better - value) / largest)

    return ops.while_loop(
        moves,
        step,
        (start, ops.convert_to_tensor(float("inf"), dtype="float32")),
        maximum_iterations=steps_per_variable * math.prod(start.shape[1:]),
    )[0]


def _largest_of_image(value):
    return ops.max(ops.abs(value), axis=(1, 2, 3))
