"""What a bound is made of whose lowest latent blocks do not see the image."""

from keras import ops

from hvae.likelihoods.base import sum_over_image


def level_terms(model, images, activations, noise, masks):
    """NLL and KL of a walk in which blocks come from the posterior or the prior.

    Args:
        model: an `HVAE`.
        images: integers, `(batch, height, width, channels)`.
        activations: the encoder's of these images.
        noise: standard normal, one array per block.
        masks: for each block 1 where it comes from the posterior, 0 where from the prior.

    Returns:
        `{"nll": (batch,), "kl": (batch, blocks)}`, nats; a KL is 0 where its mask is.
    """
    output = model.top_down(noise, activations=activations, masks=masks)
    kl = [sum_over_image(latent.kl) for latent in output.latents]
    return {
        "nll": model.likelihood.nll(output.parameters, images),
        "kl": ops.stack(kl, axis=-1),
    }
