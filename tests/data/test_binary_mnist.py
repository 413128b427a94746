"""MNIST with binary pixels: Larochelle's files, and our own draw, which is said to be one."""

import numpy as np
import pytest

from data.load import load_splits
from hvae.errors import UserError

COUNTS = {"train": 5, "valid": 3, "test": 3}


@pytest.fixture(params=["amat", "npz"])
def folder(request, tmp_path):
    """The files, and what is in them by split."""
    images = {}
    for seed, (split, count) in enumerate(COUNTS.items()):
        images[split] = np.random.default_rng(seed).integers(0, 2, (count, 28, 28, 1), np.uint8)
        rows = images[split].reshape(count, 784)
        path = tmp_path / f"binarized_mnist_{split}.{request.param}"
        if request.param == "amat":
            # As published: a space after each digit but the last.
            path.write_text("".join(" ".join(map(str, row)) + " \n" for row in rows))
        else:
            data = rows.astype(np.float32).reshape(count, 1, 28, 28)
            np.savez_compressed(path, data=data)
    return tmp_path, images


def test_published_binary_images_are_read_pixel_for_pixel(folder):
    path, images = folder
    said = []
    splits = load_splits("mnist", path, "static", tell=said.append)
    for split, expected in zip(splits, images.values()):
        assert split.dtype == np.uint8
        np.testing.assert_array_equal(split, expected)
    assert not said


def test_ladder_vae_trains_on_train_and_valid(folder):
    path, images = folder
    said = []
    splits = load_splits("mnist", path, "static", split_of="lvae", tell=said.append)
    expected = np.concatenate([images["train"], images["valid"]])
    np.testing.assert_array_equal(splits.train, expected)
    for split in (splits.validation, splits.test):
        np.testing.assert_array_equal(split, images["test"])
    assert said == ["validation and test are the same 3 images with split_of lvae"]


def test_a_damaged_file_is_named(folder):
    path, _ = folder
    file = next(path.glob("*_valid.*"))
    content = file.read_bytes()
    for damage in (content[: len(content) // 2], content[:-300], b"", b"2 " * 784, b"0 1\n" * 392):
        file.write_bytes(damage)
        with pytest.raises(UserError, match=rf"^{file} is damaged .*; fetch it again$") as error:
            load_splits("mnist", path, "static")
        assert "\n" not in str(error.value)
    file.unlink()
    with pytest.raises(UserError, match="no binarized_mnist_valid.amat in "):
        load_splits("mnist", path, "static")


def test_grey_files_are_drawn_and_a_line_says_that_it_is_another_draw(tmp_path):
    grey = np.random.default_rng(0).integers(0, 256, (8, 28, 28), np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=grey, x_test=grey)
    said = []
    splits = load_splits("mnist", tmp_path, "static", split_of="lvae", tell=said.append)
    assert said[0].startswith("validation and test are the same 8 images")
    assert said[-1].startswith("binarize static: a draw of our own") and "Larochelle" in said[-1]
    assert set(np.unique(splits.train)) == {0, 1}
    # The same images stay the same when they are drawn.
    np.testing.assert_array_equal(splits.validation, splits.test)


def test_binary_files_do_not_stand_for_grey_ones(folder):
    with pytest.raises(UserError, match=r"data_dir: no MNIST in .*; it reads mnist.npz"):
        load_splits("mnist", folder[0], "dynamic")
