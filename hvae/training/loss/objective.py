"""The loss that is minimised."""

from keras import ops

from hvae.training.loss.kl_balance import KLBalance


class Objective:
    """−ELBO with a factor β on the KL, in nats per dimension, mean over the batch.

    With `cr_vae`, plus `cr_lambda` times the consistency. Sinha & Dieng 2021, Equation 3,
    add images and copies up where the batch's mean is taken here: their λ is twice ours.

    Nats per dimension is the scale of the gradient norms that Child 2021 and Hazami et
    al. 2022 publish thresholds for.

    Args:
        model_config: a `ModelConfig`.
        config: a `TrainingConfig`: `free_bits` (the least nats of a block, for each
            image), what `KLBalance` reads, and `cr_lambda`.

    Reference:
        Free bits: Kingma et al. 2016, Section 5.1, per image as in the published code of
        Ladder VAEs.
    """

    def __init__(self, model_config, config):
        self.num_dims = model_config.num_dims
        self.free_bits = config.free_bits
        self.cr_lambda = config.cr_lambda
        self.balance = KLBalance.from_config(model_config, config)

    def __call__(self, output, beta, is_balanced, consistency=0.0):
        """The loss, a float32 scalar.

        Args:
            output: an `HVAEOutput`.
            beta: β.
            is_balanced: whether the KL of the blocks is balanced in this update, if ever.
            consistency: what `Consistency` gives, nats per image.
        """
        kl = output.kl  # (batch, blocks)
        if self.free_bits:
            kl = ops.maximum(kl, self.free_bits)
        if self.balance is not None:
            kl = kl * ops.where(is_balanced, self.balance(output.kl), 1.0)
        nats = output.nll + beta * ops.sum(kl, axis=-1)
        return (ops.mean(nats) + self.cr_lambda * consistency) / self.num_dims
