"""The bins that published codes give the values of a pixel, where they are no distribution."""

from typing import NamedTuple

#: By the values of `published_bins`: the likelihood that each is a rule of.
LIKELIHOOD_OF_BINS = {
    "openai_vdvae": "dmol",
    "efficient_vdvae": "dmol",
    "nvlabs_nvae": "dmol",
    "mgp123_nvae": "logistic_mixture",
}


class BinRule(NamedTuple):
    """Bins of values on the scale [−1, 1]; by default those of a distribution.

    Then n values fill the scale evenly, bins 2/(n − 1) wide, the first and last of them
    open, divide it, and probabilities are exact.
    """

    #: Values below 8 bits stay where the levels they stand for are: the highest is not 1,
    #: and bins overlap.
    keeps_scale: bool = False
    #: Values above this have the last, open bin; only the highest one if `None`.
    last_above: float | None = None
    #: A component's probability of a closed bin below this is replaced by its density at the
    #: bin's centre times the bin's width; 0 replaces none.
    least_probability: float = 0.0
    #: That density is divided by the scale before gradient smoothing (`smooth_exp`).
    density_without_smoothing: bool = False


#: Of dmol.
BIN_RULES = {
    "off": BinRule(),
    "openai_vdvae": BinRule(keeps_scale=True, last_above=0.999, least_probability=1e-5),
    "efficient_vdvae": BinRule(
        keeps_scale=True, least_probability=1e-5, density_without_smoothing=True
    ),
    "nvlabs_nvae": BinRule(last_above=0.99, least_probability=1e-5),
}
