"""p(x|z) of one channel: the log-probability of each of its values, given the channels before."""

from keras import ops


def log_table(likelihood, parameters, values, channels):
    """Log-probabilities of all values of one channel of each pixel.

    They are what the likelihood's own `nll` says, so a table is that of the likelihood whatever
    it is. Published bins are no distribution: their sum may differ from 1.

    Args:
        likelihood: a `Likelihood` over the values of whole pixels.
        parameters: its, `(pixels, num_parameters)`.
        values: of the pixels' channels, `(pixels, channels)` integers; only those before the
            pixel's channel count.
        channels: the number of each pixel's channel, `(pixels,)` integers.

    Returns:
        Nats, `(pixels, levels)`, float32.
    """
    levels = likelihood.levels
    if likelihood.channels == 3 and hasattr(likelihood, "one_channel"):
        parameters = _of_one_channel(likelihood, parameters, values, channels)
        likelihood = likelihood.one_channel()
        channels = ops.zeros_like(channels)
    # Zeros in the other channels: theirs is one factor of all levels.
    is_channel = ops.equal(channels[:, None], ops.arange(likelihood.channels, dtype="int32"))
    numbers = ops.arange(levels, dtype="int32")[None, :, None]
    images = ops.where(is_channel[:, None, :], numbers, 0)
    repeated = ops.tile(ops.cast(parameters, "float32")[:, None, :], (1, levels, 1))
    # One pixel an image: so a likelihood's `nll` is that of pixels.
    nll = likelihood.nll(
        ops.reshape(repeated, (-1, 1, 1, parameters.shape[-1])),
        ops.reshape(images, (-1, 1, 1, likelihood.channels)),
    )
    return ops.reshape(-nll, (-1, levels))


def _of_one_channel(likelihood, parameters, values, channels):
    """Parameters of `likelihood.one_channel()`, `(pixels, 3 * num_mixtures)`.

    A component is chosen for a whole pixel, so the weights learn from each channel; and its
    means of green and blue depend on the channels before them.
    """
    count, numbers = likelihood.num_mixtures, ops.arange(3, dtype="int32")
    logits, rest = ops.split(ops.cast(parameters, "float32"), [count], axis=-1)
    # (pixels, channels, components) each
    means, scales, coefficients = ops.unstack(ops.reshape(rest, (-1, 3, 3, count)), axis=2)
    # As the likelihood has its coefficients: green|red, blue|red, blue|green.
    red_green, red_blue, green_blue = ops.unstack(ops.tanh(coefficients), axis=1)
    scaled = likelihood.scale(values)[..., None]
    red, green = scaled[:, 0], scaled[:, 1]
    own = means + ops.stack(
        [ops.zeros_like(red_green), red_green * red, red_blue * red + green_blue * green], axis=1
    )
    component = likelihood.one_channel(num_mixtures=1)
    alone = ops.stack([ops.zeros_like(own), own, scales], axis=-1)
    nll = component.nll(
        ops.reshape(alone, (-1, 1, 1, 3)),
        ops.reshape(ops.tile(values[..., None], (1, 1, count)), (-1, 1, 1, 1)),
    )
    is_before = (numbers < channels[:, None])[..., None]
    learnt = ops.sum(ops.where(is_before, ops.reshape(nll, (-1, 3, count)), 0.0), axis=1)
    is_own = ops.equal(numbers, channels[:, None])[..., None]
    own, scales = (ops.sum(ops.where(is_own, x, 0.0), axis=1) for x in (own, scales))
    return ops.concatenate([logits - learnt, own, scales], axis=-1)
