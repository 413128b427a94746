"""Which models can code images."""

import dataclasses

from hvae.errors import UserError

#: Likelihoods that are distributions over the values of whole pixels.
LIKELIHOODS = ("bernoulli", "dmol", "logistic_mixture", "discretized_logistic")


def check_is_coded(config):
    """Refuse models that give images no code.

    Args:
        config: a `ModelConfig`.

    Raises:
        UserError: if the likelihood gives values of pixels no probabilities, or z is drawn
            through a flow; names the setting.
    """
    if config.likelihood not in LIKELIHOODS:
        raise UserError(
            f"likelihood: compression allows {', '.join(LIKELIHOODS)}. "
            f"Received: {config.likelihood}"
        )
    if config.likelihood == "bernoulli" and config.levels > 2:
        raise UserError(
            "likelihood: compression with bernoulli needs binary pixels. "
            f"Received: {config.levels} levels"
        )
    if config.num_bits and 2**config.num_bits != config.levels:
        raise UserError(
            f"num_bits: compression needs all bits of a pixel. Received: {config.num_bits}"
        )
    if config.flow_type != "none" and not getattr(config, "fixed_flows", False):
        raise UserError(
            f"flow_type: compression needs a posterior without flows. Received: {config.flow_type}"
        )


def coded_likelihood(config):
    """The likelihood that codes a model's images: its own, of bins that are a distribution.

    Args:
        config: a `ModelConfig` that `check_is_coded` allows.
    """
    # Needs keras, which whoever only checks does not have yet.
    from hvae.likelihoods import get_likelihood

    return get_likelihood(dataclasses.replace(config, published_bins="off"))
