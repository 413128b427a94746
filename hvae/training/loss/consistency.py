"""Consistency regularisation: an image and its augmented copy shall have the same latents."""

from keras import ops

from hvae.likelihoods.base import sum_over_image


class Consistency:
    """Puts an augmented copy x̃ beside every image x, and measures how far their latents differ.

    The measure is Σ KL(q(z|x̃) ‖ q(z|x)) over the latent blocks, in this direction, with a
    gradient through both; each q is given the latents drawn above it from its own image.
    With a flow it is the KL before the flow, which is that after it if the flow does not
    depend on the image.

    A batch is image, copy, image, copy, …: so ordered, its parts are whole pairs.

    Args:
        augmentation: function of images and uniforms to copies, as `Augmentation`.
        duplicate_noise: whether a copy gets the noise of its image.

    Reference:
        Sinha & Dieng 2021 (CR-VAE), Section 3; noise shared by the two: swpenninga/hvae.
    """

    def __init__(self, augmentation, duplicate_noise):
        self.augmentation = augmentation
        self.duplicate_noise = duplicate_noise

    def pair(self, images, noise, uniforms):
        """A batch of pairs, and its noise.

        Args:
            images: integers, `(pairs, height, width, channels)`.
            noise: arrays of `HVAE.noise_shapes(2 * pairs)`.
            uniforms: what the augmentation needs, one row per pair.

        Returns:
            Images, int32 `(2 * pairs, height, width, channels)`, and arrays like `noise`.
        """
        if self.duplicate_noise:
            noise = tuple(_interleaved(n[0::2], n[0::2]) for n in noise)
        # Bytes TensorFlow moves slowly, and says so on the terminal.
        images = ops.cast(images, "int32")
        return _interleaved(images, self.augmentation(images, uniforms)), noise

    def __call__(self, latents):
        """Mean over the pairs of a batch, a float32 scalar, nats per image.

        Args:
            latents: the `LatentOutput` of every block.
        """
        total = 0.0
        for latent in latents:
            image, copy = _of_images_and_copies(latent.posterior)
            total += ops.mean(sum_over_image(copy.kl(image)))
        return total


def _interleaved(first, second):
    return ops.reshape(ops.stack([first, second], axis=1), (-1, *first.shape[1:]))


def _of_images_and_copies(gaussian):
    return (
        gaussian._replace(mean=gaussian.mean[i::2], log_std=gaussian.log_std[i::2])
        for i in range(2)
    )
