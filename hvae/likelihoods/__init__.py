"""p(x | z): how likelihood parameters become nats, means, modes and samples. One file each."""

from hvae.registry.registry import Registry

#: By the values of `likelihood`.
LIKELIHOODS = Registry("likelihood", __name__, "hvae.likelihoods.base:Likelihood")

register_likelihood = LIKELIHOODS.register


def get_likelihood(config):
    """The likelihood that a `ModelConfig` names."""
    return LIKELIHOODS[config.likelihood].from_model_config(config)
