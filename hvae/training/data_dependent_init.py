"""Initial weights that suit the data."""

import contextlib

from keras import layers, ops

from hvae.layers.weight_norm_convolution import WeightNormConvolution
from hvae.noise.draws import latent_noise

# Below this a channel is constant, as after zero-initialised weights: it has no scale.
_LEAST_STD = 1e-6


def data_dependent_init(model, images, seed=0):
    """Scale and shift every convolution so that its outputs are standard on these images.

    Layer by layer, in the order of the computation: mean 0 and standard deviation 1 over
    the batch and all pixels, for each channel. Layers without bias are only scaled.

    Args:
        model: an `HVAE` that has not been trained.
        images: integers, `(batch, height, width, channels)`.
        seed: seed of the noise of the latents.

    Reference:
        Salimans & Kingma 2016, Section 3, without the weight normalisation.
    """
    noise = latent_noise(model, range(len(images)), seed)
    convolutions = [layer for layer in model._flatten_layers() if _is_convolution(layer)]
    with contextlib.ExitStack() as stack:
        for layer in convolutions:
            stack.enter_context(_initialised_by_call(layer))
        model(images, noise, training=True)


@contextlib.contextmanager
def _initialised_by_call(layer):
    """Within this context, the layer's next call sets its scale and shift first."""
    call = layer.call

    def first_call(inputs):
        layer.call = call
        outputs = ops.cast(call(inputs), "float32")
        mean, variance = ops.moments(outputs, axes=(0, 1, 2))  # (channels,) each
        std = ops.sqrt(variance)
        is_constant = std < _LEAST_STD
        factor = 1.0 / ops.where(is_constant, 1.0, std)
        if layer.bias is not None:
            shifted = (layer.bias - mean) * factor
            layer.bias.assign(ops.where(is_constant, layer.bias.value, shifted))
        _scale(layer, factor)
        return call(inputs)

    layer.call = first_call
    try:
        yield
    finally:
        del layer.call


def _is_convolution(layer):
    return isinstance(
        layer,
        (layers.Conv2D, layers.Conv2DTranspose, layers.DepthwiseConv2D, WeightNormConvolution),
    )


def _scale(layer, factor):
    """Multiply the outputs' channels, but for the bias, by a factor each."""
    if isinstance(layer, WeightNormConvolution):
        layer.gain.assign(layer.gain * factor)
    elif isinstance(layer, (layers.Conv2DTranspose, layers.DepthwiseConv2D)):
        # Kernels (height, width, channels, ...).
        layer.kernel.assign(layer.kernel * ops.expand_dims(factor, -1))
    else:
        layer.kernel.assign(layer.kernel * factor)
