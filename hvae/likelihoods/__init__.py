"""p(x | z): how likelihood parameters become nats, means, modes and samples. One file each."""

from hvae.registry.discovery import find_class, module_names


def likelihood_names():
    """Values that `likelihood` may have."""
    return module_names(__path__)


def get_likelihood(config):
    """The likelihood that a `ModelConfig` names."""
    from hvae.likelihoods.base import Likelihood

    return find_class(__name__, config.likelihood, Likelihood).from_model_config(config)
