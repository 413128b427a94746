"""Factors that keep the KL of all blocks alive at the start of training."""

import math

import numpy as np
from keras import ops


class KLBalance:
    """γ of each block: larger where a block's KL is large for the block's size.

    γᵢ ∝ (E|KLᵢ| + floor) / sizeᵢ with mean 1 over the blocks and no gradient of its own.
    Blocks with little KL are thereby cheap, and not given up.

    Args:
        sizes: size of every block, in any unit.
        floor: nats added to every KL; above 0 it keeps γ near 1 / sizeᵢ where no block has
            a KL.
    """

    def __init__(self, sizes, floor=0.0):
        self.sizes = np.array(sizes, "float32")
        self.floor = floor

    @classmethod
    def from_config(cls, model_config, config):
        """The balance that a `TrainingConfig` asks for; `None` if it asks for none.

        `kl_balancing`: a block's size is the area of its scale divided by the number of
        blocks of that size. `gamma_max_steps`: with `scaled_gamma` it is the number of the
        block's latent variables, without it all are alike.

        Reference:
            Vahdat & Kautz 2020 (NVAE), Appendix A, and its published code; Hazami et al.
            2022 (Efficient-VDVAE), its published code.
        """
        scales = model_config.latent_scales
        if config.kl_balancing:
            areas = [math.prod(scale.size) for scale in scales]
            counts = [sum(other.size == scale.size for other in scales) for scale in scales]
            return cls([area / count for area, count in zip(areas, counts)], floor=0.01)
        if config.gamma_max_steps:
            variables = [math.prod(scale.size) * scale.z_width for scale in scales]
            return cls(variables if config.scaled_gamma else [1.0] * len(scales))
        return None

    def __call__(self, kl):
        """γ, `(blocks,)`, from the KL of a batch, `(batch, blocks)`, nats."""
        share = (ops.mean(ops.abs(kl), axis=0) + self.floor) / ops.convert_to_tensor(self.sizes)
        # Without a floor all shares may be 0: γ is 0 then, as the KL is.
        mean = ops.maximum(ops.mean(share), np.finfo("float32").tiny)
        return ops.stop_gradient(share / mean)
