"""From published files to those that training reads: whole, checked, once."""

import fcntl
import hashlib

import numpy as np
import pytest

from data.load import load_splits
from data.preparation import prepare
from data.stored_images import StoredImages
from hvae.errors import UserError
from hvae.training.display import Display
from tests.data.picture_sets import noisy, png, write_folder
from tests.data.test_picture_sets import (
    as_pngs,
    imagenet_lmdb,
    imagenet_tar,
    imagenet_tfrecords,
    write_box,
    write_celeba,
    write_zip,
)
from utils.prepare_data import main

SIZE = (32, 32)


def read_all(images):
    return images[np.arange(len(images))]


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")


@pytest.mark.parametrize("write", [imagenet_tar, imagenet_tfrecords, imagenet_lmdb])
def test_training_reads_the_same_images_from_what_is_written(write, tmp_path, capsys):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    train, test = noisy(7, SIZE), noisy(3, SIZE, 1)
    write(source, train, test)
    assert main(["imagenet32", str(source), str(target)]) == 0
    assert f"--dataset imagenet32 --data_dir {target}" in capsys.readouterr().out
    names = ["imagenet32-train.npy", "imagenet32-valid.npy"]
    assert visible(target) == [*names, "imagenet32.sha256"]
    np.testing.assert_array_equal(np.load(target / names[0]), train)
    splits = load_splits("imagenet32", target, split_of="nvae")
    assert isinstance(splits.train, StoredImages)
    np.testing.assert_array_equal(read_all(splits.train), train)
    np.testing.assert_array_equal(read_all(splits.test), test)
    for line in (target / "imagenet32.sha256").read_text().splitlines():
        checksum, name = line.split("  ")
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == checksum


def test_batches_are_prepared_in_their_order(tmp_path):
    train, test = noisy(21, SIZE), noisy(4, SIZE, 1)
    write_box(tmp_path, train, test, is_zipped=True)
    prepare("imagenet32_box", tmp_path, tmp_path / "target", Display())
    splits = load_splits("imagenet32_box", tmp_path / "target", split_of="efficient")
    np.testing.assert_array_equal(read_all(splits.train), train)
    np.testing.assert_array_equal(read_all(splits.test), test)


def test_celeba_keeps_its_three_splits(tmp_path):
    write_celeba(tmp_path, lambda files: write_zip(tmp_path / "img_align_celeba.zip", files))
    prepare("celeba64", tmp_path, tmp_path / "target", Display())
    before, after = load_splits("celeba64", tmp_path), load_splits("celeba64", tmp_path / "target")
    for images, expected in zip(after, before):
        np.testing.assert_array_equal(read_all(images), read_all(expected))


def test_divided_faces_stay_divided(tmp_path):
    images = noisy(5, (256, 256))
    write_folder(tmp_path, as_pngs(images[:3], "train_data/") | as_pngs(images[3:], "val_data/"))
    prepare("ffhq256", tmp_path, tmp_path / "target", Display())
    splits = load_splits("ffhq256", tmp_path / "target")
    np.testing.assert_array_equal(read_all(splits.train), images[:3])
    np.testing.assert_array_equal(read_all(splits.test), images[3:])


@pytest.fixture
def interrupted(tmp_path, monkeypatch):
    """A source of 9 pictures of which the sixth was damaged when it was prepared."""
    monkeypatch.setattr("data.preparation._BLOCK_BYTES", 2 * 32 * 32 * 3)
    images = noisy(9, SIZE)
    write_folder(tmp_path, as_pngs(images, "train_32x32/") | as_pngs(images[:2], "valid_32x32/"))
    damaged = tmp_path / "train_32x32/00006.png"
    damaged.write_bytes(b"no picture")
    with pytest.raises(UserError, match="00006.png cannot be read as an image") as error:
        prepare("imagenet32", tmp_path, tmp_path / "target", Display())
    assert "\n" not in str(error.value)
    assert visible(tmp_path / "target") == []
    damaged.write_bytes(png(images[5]))
    return tmp_path, images


def test_an_interrupted_one_goes_on_where_it_was(interrupted, monkeypatch):
    folder, images = interrupted
    from data.items import Items

    read, numbers = Items.__getitem__, []

    def counted(self, key):
        numbers.extend(np.atleast_1d(key).tolist())
        return read(self, key)

    monkeypatch.setattr(Items, "__getitem__", counted)
    prepare("imagenet32", folder, folder / "target", Display())
    np.testing.assert_array_equal(np.load(folder / "target/imagenet32-train.npy"), images)
    assert 3 not in numbers and {4, 5, 8} <= set(numbers)


def test_an_interrupted_one_of_other_images_starts_again(interrupted):
    folder, images = interrupted
    (folder / "train_32x32/00001.png").unlink()
    prepare("imagenet32", folder, folder / "target", Display())
    np.testing.assert_array_equal(np.load(folder / "target/imagenet32-train.npy"), images[1:])


def test_what_is_written_is_checked_the_next_time(interrupted):
    folder, _ = interrupted
    target = folder / "target"
    prepare("imagenet32", folder, target, Display())
    prepare("imagenet32", folder, target, Display())
    path = target / "imagenet32-train.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"{path} is not what imagenet32.sha256 says"):
        prepare("imagenet32", folder, target, Display())


def test_two_at_once_are_refused(interrupted):
    folder, _ = interrupted
    with open(folder / "target/.imagenet32.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another process prepares imagenet32 in "):
            prepare("imagenet32", folder, folder / "target", Display())


def test_a_disk_that_is_too_small_is_named_before_anything_is_written(tmp_path, monkeypatch):
    imagenet_tar(tmp_path, noisy(7, SIZE), noisy(3, SIZE))
    usage = type("usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(UserError, match=r"target: .*target needs 0.0 GB, 0.0 GB are free"):
        prepare("imagenet32", tmp_path, tmp_path / "target", Display())
    assert visible(tmp_path / "target") == []


def test_what_needs_no_preparation_says_so(tmp_path, capsys):
    assert main(["mnist", str(tmp_path), str(tmp_path / "target")]) == 2
    assert capsys.readouterr().err == (
        "error: name: mnist trains from its published files as they are; nothing to do\n"
    )
    np.save(tmp_path / "ffhq-256.npy", noisy(2, (256, 256)))
    with pytest.raises(UserError, match="holds what training reads already"):
        prepare("ffhq256", tmp_path, tmp_path / "target", Display())
    with pytest.raises(UserError, match="no such folder"):
        prepare("ffhq256", tmp_path / "nowhere", tmp_path / "target", Display())
