"""Handwritten digits, 8×8 pixels, 17 grey levels, bundled with scikit-learn.

1797 images of the test part of the UCI data set (Alpaydin & Kaynak 1998). There is no
official split; we shuffle once and hold out 180 images for validation and 180 for test.
"""

import numpy as np

from data.sets.base import Dataset, DatasetInfo, Splits


class Digits(Dataset):
    """Handwritten digits of the UCI data set."""

    info = DatasetInfo(image_size=(8, 8), image_channels=1, levels=17, num_train=1437)

    def load(self, data_dir=None):
        """The images as `Splits`; `data_dir` is not needed."""
        from sklearn.datasets import load_digits

        images = load_digits().images.astype(np.uint8)[..., None]
        rest, test = _split_off(images, seed=0)
        train, validation = _split_off(rest, seed=1)
        return Splits(train, validation, test)


def _split_off(images, seed):
    """The others, and 180 of them, shuffled."""
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order[180:]], images[order[:180]]
