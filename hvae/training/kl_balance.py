"""Factors that keep the KL of all blocks alive during warm-up."""

import numpy as np
from keras import ops


class KLBalance:
    """γ of each block: larger where a block's KL is large for its share of the pixels.

    γᵢ ∝ E|KLᵢ| / αᵢ with mean 1 over the blocks and no gradient of its own, where αᵢ is
    the area of a block's scale divided by the number of blocks of that size. Blocks with
    little KL are thereby cheap, and not given up.

    Args:
        latent_scales: the `Scale` of every block.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Appendix A, and its published code.
    """

    def __init__(self, latent_scales):
        sizes = [scale.size for scale in latent_scales]
        alpha = np.array([h * w / sizes.count((h, w)) for h, w in sizes], "float32")
        self.alpha = alpha / alpha.min()

    def __call__(self, kl):
        """γ, `(blocks,)`, from the KL of a batch, `(batch, blocks)`, nats."""
        # The constant keeps the ratio defined where no block has a KL.
        share = (ops.mean(ops.abs(kl), axis=0) + 0.01) / ops.convert_to_tensor(self.alpha)
        return ops.stop_gradient(share / ops.mean(share))
