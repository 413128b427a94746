"""The loss that is minimised."""

from keras import ops


class Objective:
    """−ELBO with a factor β on the KL, in nats per dimension, mean over the batch.

    Nats per dimension is the scale of the gradient norms that Child 2021 and Hazami et
    al. 2022 publish thresholds for.

    Args:
        num_dims: pixels times channels of an image.
    """

    def __init__(self, num_dims):
        self.num_dims = num_dims

    def __call__(self, output, beta):
        """Loss of an `HVAEOutput`, a float32 scalar."""
        nats = output.nll + beta * ops.sum(output.kl, axis=-1)
        return ops.mean(nats) / self.num_dims
