"""From the end of the decoder to the likelihood's parameters."""

from hvae.heads.final_state import FinalStateHead
from hvae.heads.latent_aggregation import LatentAggregationHead

_HEADS = {"state": FinalStateHead, "latents": LatentAggregationHead}


def get_head(config, num_parameters, dtype):
    """The head that `config.reconstruct_from` names."""
    return _HEADS[config.reconstruct_from](config, num_parameters, dtype=dtype)
