"""Batch normalisation for the images that are being drawn."""

import contextlib

from keras import layers, ops

from hvae.noise.draws import latent_noise


@contextlib.contextmanager
def readjusted_batch_norm(model, num_batches, temperature=1.0, batch_size=32, seed=0):
    """Within this context, the decoder normalises by the statistics of its own samples.

    The moving statistics are those of training, where latents come from the posterior;
    samples of the prior, above all at low temperature, have others. They are estimated
    anew as the average over batches of samples, and put back at the end.

    Args:
        model: an `HVAE`; one without batch normalisation is left alone.
        num_batches: batches of samples to average over; 0 changes nothing.
        temperature: factor on the prior's standard deviations, one for all blocks or a list
            with one for each.
        batch_size: images of a batch.
        seed: seed of the noise: the samples are those that `Generator` numbers 0, 1, …

    Reference:
        Vahdat & Kautz 2020 (NVAE), Section 4.1.
    """
    norms = [
        layer
        for layer in model.decoder._flatten_layers()
        if isinstance(layer, layers.BatchNormalization)
    ]
    if not norms or not num_batches:
        yield
        return
    kept = [(v, ops.copy(v.value)) for x in norms for v in (x.moving_mean, x.moving_variance)]
    momenta = [layer.momentum for layer in norms]
    try:
        for i in range(num_batches):
            # With these weights the moving statistics are the average so far.
            for layer in norms:
                layer.momentum = i / (i + 1)
            numbers = range(i * batch_size, (i + 1) * batch_size)
            noise = latent_noise(model, numbers, seed)
            model.top_down(noise, temperature=temperature, training=True)
        yield
    finally:
        for layer, momentum in zip(norms, momenta):
            layer.momentum = momentum
        for variable, value in kept:
            variable.assign(value)
