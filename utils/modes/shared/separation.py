"""How well a score tells two sets of images apart."""

from typing import NamedTuple

import numpy as np

_RESAMPLES = 200


class Separation(NamedTuple):
    """Of one score, higher for images of the second set; each with its 95 % interval."""

    auroc: tuple  # (value, low, high): area under the ROC curve; 0.5 is chance, 1 is perfect
    auprc: tuple  # area under the precision-recall curve: average precision
    fpr80: tuple  # share of the first set above the score that 80 % of the second set reach


def separation(usual, unusual, seed=0):
    """`Separation` of two sets by a score, intervals by the bootstrap over images.

    Args:
        usual: scores of the first set, `(images,)`.
        unusual: scores of the second set.
        seed: seed of the bootstrap.
    """
    rng = np.random.default_rng(seed)
    values = _measures(usual, unusual)
    resampled = np.array(
        [
            _measures(rng.choice(usual, len(usual)), rng.choice(unusual, len(unusual)))
            for _ in range(_RESAMPLES)
        ]
    )
    low, high = np.percentile(resampled, (2.5, 97.5), axis=0)
    return Separation(*(tuple(map(float, each)) for each in zip(values, low, high)))


def roc(usual, unusual):
    """False and true positive rates of every threshold, two arrays."""
    from sklearn.metrics import roc_curve

    return roc_curve(*_labelled(usual, unusual))[:2]


def _measures(usual, unusual):
    from sklearn.metrics import auc, average_precision_score

    labelled = _labelled(usual, unusual)
    false, true = roc(usual, unusual)
    fpr80 = false[np.searchsorted(true, 0.8)]
    return auc(false, true), average_precision_score(*labelled), fpr80


def _labelled(usual, unusual):
    labels = np.repeat((0, 1), (len(usual), len(unusual)))
    return labels, np.concatenate((usual, unusual))
