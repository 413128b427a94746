"""Who is in which split: rules that turn `Published` images into `Splits`."""

import numpy as np

from data.rows import Rows
from data.sets.base import Splits
from hvae.errors import UserError


def last(count):
    """The last training images are the validation split, and the test split if there is no other.

    Args:
        count: how many; at most half of them.
    """

    def split(published):
        images = _undivided(published)
        number = min(count, len(images) // 2)
        validation = images[-number:]
        return Splits(images[:-number], validation, _test(published, validation))

    return split


def permuted(count, seed, from_start=False):
    """As `last`, after a permutation of NumPy's legacy generator.

    Args:
        count: how many; at most half of them.
        seed: of `numpy.random.RandomState`.
        from_start: whether they are the first of the permutation, not the last.
    """

    def split(published):
        images = _undivided(published)
        order = np.random.RandomState(seed).permutation(len(images))
        number = min(count, len(order) // 2)
        parts = np.split(order, [number if from_start else -number])
        validation, train = parts if from_start else parts[::-1]
        validation = _take(images, validation)
        return Splits(_take(images, train), validation, _test(published, validation))

    return split


def given(otherwise=None):
    """The splits of the files; where a validation split is missing, those of another rule.

    Args:
        otherwise: a rule, or `None`: the test split is the validation split too.
    """

    def split(published):
        train, validation, test = published[:3]
        if validation is not None and test is not None:
            return Splits(train, validation, test)
        if otherwise is not None and validation is None:
            return otherwise(published)
        held_out = test if validation is None else validation
        if held_out is None:
            raise UserError(
                "split_of: these files are not divided into training and validation, and which "
                "images were which there is not known; own divides them"
            )
        return Splits(train, held_out, held_out)

    return split


def shares(validation, test):
    """The last images are the validation split, and those after them the test split.

    Args:
        validation, test: which part of all; no test split makes validation images test images.
    """

    def split(published):
        images = _undivided(published)
        first, second = (int(part * len(images)) for part in (1 - validation - test, 1 - test))
        held_out = images[first:second]
        return Splits(images[:first], held_out, images[second:] if test else held_out)

    return split


def whole(published):
    """All that is not test is for training; validation and test are the published test split."""
    train = published.train
    if published.validation is not None:
        train = np.concatenate([train, published.validation])
    return Splits(train, published.test, published.test)


def validation_twice(published):
    """The published validation split is the test split too."""
    return Splits(published.train, published.validation, published.validation)


def halved_test(seed):
    """All is for training; shuffled test images are half validation, half test.

    Args:
        seed: of the shuffle, for `numpy.random.RandomState`.
    """

    def split(published):
        order = np.arange(len(published.test))
        np.random.RandomState(seed).shuffle(order)
        halves = (_take(published.test, half) for half in np.split(order, [len(order) // 2]))
        return Splits(whole(published).train, *halves)

    return split


def _take(images, numbers):
    """Images of these numbers: a copy of what is in memory, `Rows` of what is not."""
    is_in_memory = isinstance(images, np.ndarray) and not isinstance(images, np.memmap)
    return images[numbers] if is_in_memory else Rows(images, numbers)


def _test(published, validation):
    return validation if published.test is None else published.test


def _undivided(published):
    """All images that are not test, in the published order.

    Raises:
        UserError: for files that divide them and do not say which is which.
    """
    if published.whole is not None:
        return published.whole
    if published.validation is not None:
        raise UserError(
            "split_of: these files are divided into training and validation already, and do not "
            "say which image is which; own takes them as they are"
        )
    return published.train
