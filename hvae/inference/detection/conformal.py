"""How rare a score is among those of usual images."""

import numpy as np


def conformal_p_values(scores, usual):
    """p-values of scores, given those of usual images that the model was not trained on.

    (1 + how many of the usual ones score at least as high) / (1 + how many there are). If an
    image is one of the usual kind, its p-value is at most α with a probability of at most α,
    for every α and whatever the score is.

    Args:
        scores: `(images,)`, higher for what is less usual.
        usual: `(usual images,)`.

    Returns:
        `(images,)`, more than 0, at most 1.

    Reference:
        Bates et al. 2023, Testing for outliers with conformal p-values, Equation 1.
    """
    ordered = np.sort(usual)
    at_least = len(ordered) - np.searchsorted(ordered, scores, side="left")
    return (1 + at_least) / (1 + len(ordered))
