"""Who is in which split, by number, as each codebase's own loader has it."""

import hashlib

import numpy as np
import pytest
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle

from data.load import describe
from data.rows import Rows
from data.sets import DATASETS
from data.sets.base import Published
from hvae.errors import UserError

#: How many images the published files have.
SIZES = {
    "cifar10": (50000, 10000),
    "mnist": (60000, 10000),
    "svhn": (73257, 26032),
    "fashion_mnist": (60000, 10000),
    "omniglot": (24345, 8070),
    "imagenet32_box": (1281167, 50000),
    "imagenet64_box": (1281167, 50000),
    "imagenet32": (1281149, 49999),
    "imagenet64": (1281149, 49999),
    "ffhq256": (70000, None),
    "ffhq1024": (70000, None),
}

FFHQ256_START = [46264, 66061, 27279, 32644, 12003, 56380]
FFHQ256_HASH = "b02d10440a933c7e40ebc03800354ae8ce3345728f06fc6b571e4320e914f6d7"


def members(name, split_of, published=None):
    """Numbers of the images of each split; those of published test images are negative."""
    if published is None:
        train, test = SIZES[name]
        published = Published(np.arange(train), test=None if test is None else -1 - np.arange(test))
    splits = DATASETS[name].splits[split_of].rule(published)
    return tuple(np.asarray(images) for images in splits)


def legacy(seed, count):
    np.random.seed(seed)
    return np.random.permutation(count)


def assert_equal(splits, expected):
    for images, numbers in zip(splits, expected):
        np.testing.assert_array_equal(images, numbers)


@pytest.mark.parametrize("name", ["imagenet32", "imagenet64"])
def test_imagenet_of_openai(name):
    order = legacy(42, 1281149)
    splits = members(name, "openai")
    assert_equal(splits, (order[:-5000], order[-5000:], -1 - np.arange(49999)))
    assert_equal(members(name, "own"), splits)


def test_ffhq256_of_openai():
    train, validation, test = members("ffhq256", "openai")
    order = legacy(5, 70000)
    assert_equal((train, validation, test), (order[:-7000], order[-7000:], order[-7000:]))
    assert_equal(members("ffhq256", "own"), (train, validation, test))
    # As they are on any machine.
    assert validation[:6].tolist() == FFHQ256_START
    assert hashlib.sha256(np.sort(validation).astype("<i4").tobytes()).hexdigest() == FFHQ256_HASH


def test_ffhq1024_of_openai():
    held_out = np.arange(65000, 70000)
    for split_of in ("openai", "own"):
        assert_equal(members("ffhq1024", split_of), (np.arange(65000), held_out, held_out))


def test_cifar10_of_openai_is_scikit_learns_split():
    expected = train_test_split(np.arange(50000), test_size=5000, random_state=11172018)
    assert_equal(members("cifar10", "openai"), (*expected, -1 - np.arange(10000)))


@pytest.mark.parametrize("name", ["cifar10", "mnist"])
def test_efficient_vdvae_halves_the_test_images(name):
    train, test = SIZES[name]
    halves = np.split(shuffle(-1 - np.arange(test), random_state=101), 2)
    assert_equal(members(name, "efficient"), (np.arange(train), *halves))


@pytest.mark.parametrize(
    ("name", "split_of"),
    [
        ("cifar10", "nvae"),
        ("cifar10", "lvae"),
        ("mnist", "nvae"),
        ("mnist", "lvae"),
        ("svhn", "lvae"),
        ("imagenet32", "nvae"),
        ("imagenet64_box", "efficient"),
        ("omniglot", "nvae"),
    ],
)
def test_who_has_no_validation_split_validates_on_the_test_split(name, split_of):
    train, test = (np.arange(count) for count in SIZES[name])
    assert_equal(members(name, split_of), (train, -1 - test, -1 - test))


def test_celeba_by_its_own_list():
    parts = tuple(np.arange(start, start + 5) for start in (0, 10, 20))
    for split_of in ("own", "efficient"):
        assert_equal(members("celeba64", split_of, Published(*parts)), parts)
    for name, split_of in (("celeba64", "nvae"), ("celeba64_centre", "lvae")):
        expected = (parts[0], parts[1], parts[1])
        assert_equal(members(name, split_of, Published(*parts)), expected)


@pytest.mark.parametrize("name", ["celebahq256", "celebahq1024", "ffhq256", "ffhq1024"])
def test_faces_that_are_divided_stay_so(name):
    """Efficient-VDVAE and NVAE draw their splits without a seed: only their files know them."""
    divided, whole = (np.arange(6), np.arange(10, 13)), Published(np.arange(9))
    expected = (*divided, divided[1])
    for split_of in {"own", "efficient", "nvae"} & set(DATASETS[name].split_names):
        assert_equal(members(name, split_of, Published(*divided)), expected)
        if split_of != "own":
            with pytest.raises(UserError, match="not divided .* is not known; own divides them"):
                members(name, split_of, whole)
    # Numbered files have openai/vdvae's splits all the same.
    if name == "ffhq1024":
        numbered = Published(*divided, whole=np.arange(9))
        assert_equal(members(name, "openai", numbered)[:2], (np.arange(5), np.arange(5, 9)))


def test_multi_dsprites_of_ladder_vae():
    images = Published(np.arange(100000))
    held_out = np.arange(90000, 100000)
    assert_equal(members("multi_dsprites", "lvae", images), (np.arange(90000), held_out, held_out))
    expected = (np.arange(80000), np.arange(80000, 90000), held_out)
    assert_equal(members("multi_dsprites", "own", images), expected)


@pytest.mark.parametrize("name", ["cifar10", "mnist", "svhn"])
def test_our_own_validation_images_are_the_last_5000(name):
    train, test = SIZES[name]
    numbers = np.arange(train)
    assert_equal(members(name, "own"), (numbers[:-5000], numbers[-5000:], -1 - np.arange(test)))


@pytest.mark.parametrize("name", [name for name in DATASETS.names() if name in SIZES])
def test_training_splits_are_as_large_as_is_said(name):
    train, test = SIZES[name]
    divided = Published(np.arange(train - 7000), np.arange(7000))
    for split_of in DATASETS[name].split_names:
        is_of_files = test is None and split_of in ("efficient", "nvae")
        train = members(name, split_of, divided if is_of_files else None)[0]
        assert describe(name, split_of=split_of).num_train == len(train), split_of


@pytest.mark.parametrize("name", SIZES)
def test_missing_images_are_said(name):
    dataset = DATASETS[name]()
    assert dataset.num_published == SIZES[name][0]
    dataset.read = lambda data_dir: Published(np.arange(100), test=np.arange(9))
    dataset.load("folder")
    [remark] = dataset.remarks
    assert remark.startswith(f"{name}: 100 images for training and validation, published are ")
    dataset.read = lambda data_dir: Published(np.arange(SIZES[name][0]), test=np.arange(9))
    dataset.load("folder")
    assert dataset.remarks == ()


def test_images_on_disk_stay_there(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(20).reshape(20, 1, 1, 1))
    images = np.load(tmp_path / "a.npy", mmap_mode="r")
    splits = DATASETS["ffhq256"].splits["openai"].rule(Published(images))
    assert isinstance(splits.train, Rows) and splits.validation is splits.test
    np.testing.assert_array_equal(splits.train[:].indices, legacy(5, 20)[:10])


def test_splits_that_there_are_not_are_refused():
    with pytest.raises(UserError, match="split_of: of digits there are own. Received: openai"):
        describe("digits", split_of="openai")
    with pytest.raises(UserError, match="of mnist there are own, efficient, nvae, lvae. Received"):
        describe("mnist", split_of="openai")


def test_files_that_are_divided_are_not_divided_anew():
    with pytest.raises(UserError, match="already, and do not say which image is which"):
        members("ffhq256", "openai", Published(np.arange(9), np.arange(3)))
