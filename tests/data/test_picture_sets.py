"""CelebA, CelebA-HQ, FFHQ, ImageNet: each layout, written here and read pixel for pixel."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from data.load import describe, load_splits
from data.picture_settings import PictureSettings
from data.training_batches import TrainingBatches
from hvae.errors import UserError
from tests.data.picture_sets import (
    noisy,
    numbered,
    png,
    write_folder,
    write_lmdb,
    write_tar,
    write_tfrecords,
    write_zip,
)

SIZE_32 = (32, 32)


def read_all(images):
    return images[np.arange(len(images))]


def assert_published(name, folder, train, test, split_of):
    """Training and test images are those of the files, in their order."""
    splits = load_splits(name, folder, split_of=split_of)
    for images, expected in ((splits.train, train), (splits.test, test)):
        assert images.dtype == np.uint8 and images.shape == expected.shape
        np.testing.assert_array_equal(read_all(images), expected)
        np.testing.assert_array_equal(images[1:][np.array([0])], expected[1:2])
        np.testing.assert_array_equal(np.asarray(images[:2]), expected[:2])


def as_pngs(images, folder, first=1):
    return {f"{folder}{first + i:05}.png": png(image) for i, image in enumerate(images)}


def imagenet_tar(folder, train, test):
    write_tar(folder / "train_32x32.tar", as_pngs(train, "train_32x32/"))
    write_tar(folder / "valid_32x32.tar", as_pngs(test, "valid_32x32/"))


def imagenet_folders(folder, train, test):
    write_folder(folder, as_pngs(train, "train_32x32/") | as_pngs(test, "valid_32x32/"))


def imagenet_npy(folder, train, test):
    np.save(folder / "imagenet32-train.npy", train)
    np.save(folder / "imagenet32-valid.npy", test)


def imagenet_tfrecords(folder, train, test):
    place = folder / "mnt/host/imagenet-oord-tfr"
    for number, images in enumerate(np.array_split(train, 2)):
        write_tfrecords(place / f"train/train-r05-s-{number:04}-of-0002.tfrecords", images)
    write_tfrecords(place / "validation/validation-r05-s-0000-of-0001.tfrecords", test)


def imagenet_lmdb(folder, train, test):
    write_lmdb(folder / "train.lmdb", [image.tobytes() for image in train])
    write_lmdb(folder / "validation.lmdb", [image.tobytes() for image in test])


IMAGENET = [imagenet_tar, imagenet_folders, imagenet_npy, imagenet_tfrecords, imagenet_lmdb]


@pytest.mark.parametrize("write", IMAGENET)
def test_imagenet(write, tmp_path):
    train, test = noisy(12, SIZE_32), noisy(3, SIZE_32, 1)
    write(tmp_path, train, test)
    assert_published("imagenet32", tmp_path, train, test, "nvae")


def test_batches_of_pictures_are_those_of_their_array(tmp_path):
    train = noisy(12, SIZE_32)
    imagenet_tar(tmp_path, train, train[:2])
    pictures = load_splits("imagenet32", tmp_path, split_of="nvae").train
    read, expected = (
        TrainingBatches(images, 4, seed=3, horizontal_flip=True) for images in (pictures, train)
    )
    for batch, batch_of_array in zip(read.epoch(1), expected.epoch(1), strict=True):
        np.testing.assert_array_equal(batch, batch_of_array)


@pytest.mark.parametrize("write", IMAGENET[:1] + IMAGENET[2:])
def test_truncated_files_of_imagenet_are_named(write, tmp_path):
    write(tmp_path, noisy(12, SIZE_32), noisy(6, SIZE_32, 1))
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "lock.mdb":
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 2 - 7])
    with pytest.raises(UserError, match=rf"{tmp_path}/.* is damaged or truncated") as error:
        read_all(load_splits("imagenet32", tmp_path, split_of="nvae").train)
    assert "\n" not in str(error.value)


def test_records_that_are_none_are_refused(tmp_path):
    images = noisy(2, SIZE_32)
    imagenet_tfrecords(tmp_path, images, images)
    path = next(tmp_path.rglob("validation-*"))
    content = bytearray(path.read_bytes())
    content[3] ^= 1  # of the length, which its checksum then does not fit
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"damaged or truncated \(no record at byte 0\)"):
        load_splits("imagenet32", tmp_path)
    write_tfrecords(path, noisy(2, (16, 16)))
    with pytest.raises(UserError, match=r"images of shape \(16, 16, 3\), not \(32, 32, 3\)"):
        load_splits("imagenet32", tmp_path)


def test_the_order_of_names_and_of_keys_is_that_of_numbers(tmp_path):
    images = numbered(12, SIZE_32)
    imagenet_lmdb(tmp_path, images, images)
    train = load_splits("imagenet32", tmp_path, split_of="nvae").train
    assert read_all(train)[:, 0, 0, 0].tolist() == list(range(12))


def write_celeba(folder, write, place=""):
    """202 × 3 pictures and the list, through a function that writes names and contents."""
    pictures = noisy(9, (218, 178))
    files = {f"img_align_celeba/{i + 1:06}.jpg": png(p) for i, p in enumerate(pictures)}
    write(files)
    # Not in the order of the splits.
    splits = [0, 1, 2, 0, 1, 2, 0, 0, 0]
    lines = (f"{i + 1:06}.jpg {split}" for i, split in enumerate(splits))
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "list_eval_partition.txt").write_text("\n".join(lines) + "\n")
    return pictures, np.array(splits)


def cropped(pictures, left, top):
    parts = (picture[top : top + 148, left : left + 148] for picture in pictures)
    bilinear = Image.Resampling.BILINEAR
    return np.stack([np.asarray(Image.fromarray(p).resize((64, 64), bilinear)) for p in parts])


CROPS = {"celeba64": (15, 40), "celeba64_centre": (15, 35)}


@pytest.mark.parametrize("name", CROPS)
@pytest.mark.parametrize("layout", ["zip", "folder", "torchvision"])
def test_celeba(name, layout, tmp_path):
    place = "celeba/" if layout == "torchvision" else ""

    def write(files):
        if layout == "zip":
            write_zip(tmp_path / "img_align_celeba.zip", files)
        else:
            write_folder(tmp_path / place, files)

    pictures, splits = write_celeba(tmp_path, write, place)
    read = load_splits(name, tmp_path)
    for number, images in enumerate(read):
        expected = cropped(pictures[splits == number], *CROPS[name])
        np.testing.assert_array_equal(read_all(images), expected)


def test_celeba_of_efficient_vdvae_and_of_nvae(tmp_path):
    crops = noisy(6, (148, 148))
    names = {"train": 3, "val": 2, "test": 1}
    parts = np.split(crops, np.cumsum(list(names.values()))[:-1])
    for split, images in zip(names, parts):
        write_folder(tmp_path / "efficient", as_pngs(images, f"{split}/"))
    for images, part in zip(load_splits("celeba64", tmp_path / "efficient"), parts):
        np.testing.assert_array_equal(read_all(images), cropped(part, 0, 0))
    pictures = noisy(5, (218, 178))
    (tmp_path / "nvae").mkdir()
    write_lmdb(tmp_path / "nvae/train.lmdb", [png(p) for p in pictures[:3]])
    write_lmdb(tmp_path / "nvae/validation.lmdb", [png(p) for p in pictures[3:]])
    read = load_splits("celeba64", tmp_path / "nvae", split_of="nvae")
    np.testing.assert_array_equal(read_all(read.train), cropped(pictures[:3], 15, 40))
    np.testing.assert_array_equal(read_all(read.test), cropped(pictures[3:], 15, 40))


def test_a_list_of_celeba_that_does_not_fit_its_pictures(tmp_path):
    write_celeba(tmp_path, lambda files: write_zip(tmp_path / "img_align_celeba.zip", files))
    path = tmp_path / "list_eval_partition.txt"
    lines = path.read_text()
    for text, message in (
        (lines + "000010.jpg 0\n", "img_align_celeba.zip is damaged or truncated .*lacks 000010"),
        (lines[:-4], "a line is '000009.jp"),
        (lines + "../000001.jpg 0\n", r"a line is '../000001.jpg 0'"),
        ("000001.jpg 0\n", "a split has no picture"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=message) as error:
            load_splits("celeba64", tmp_path)
        assert "\n" not in str(error.value)


def write_faces(folder, layout, images):
    """Numbered pictures in one of the layouts; the last third is what a peer holds out."""
    files = as_pngs(images, "", first=0)
    held_out = dict(list(files.items())[-3:])
    train = {name: content for name, content in files.items() if name not in held_out}

    def inside(place, chosen):
        return {place + name: content for name, content in chosen.items()}

    if layout == "zip":
        write_zip(folder / "images1024x1024.zip", inside("images1024x1024/", files))
    elif layout == "folder":
        write_folder(folder, inside("images1024x1024/", files))
    elif layout == "folders of thousands":
        write_folder(folder, inside("images1024x1024/00000/", files))
    elif layout == "openai":
        write_folder(folder, inside("train/0/", train) | inside("valid/0/", held_out))
    elif layout == "efficient":
        write_folder(folder, inside("train_data/", train) | inside("val_data/", held_out))
    elif layout == "npy":
        np.save(folder / "ffhq-256.npy", images)
    elif layout == "nvae":
        write_lmdb(folder / "train.lmdb", [image.tobytes() for image in images[:-3]])
        write_lmdb(folder / "validation.lmdb", [image.tobytes() for image in images[-3:]])
    else:
        write_tfrecords(folder / "ffhq-r08.tfrecords", images, channels_first=True)


WHOLE = ["zip", "folder", "folders of thousands", "npy", "tfrecords"]


@pytest.mark.parametrize("layout", WHOLE)
def test_ffhq_of_openai(layout, tmp_path):
    images = numbered(10, (256, 256))
    images[:, ::3, 1::2] += 9
    write_faces(tmp_path, layout, images)
    order = np.random.RandomState(5).permutation(10)
    splits = load_splits("ffhq256", tmp_path)
    np.testing.assert_array_equal(read_all(splits.train), images[order[:5]])
    np.testing.assert_array_equal(read_all(splits.validation), images[order[5:]])


@pytest.mark.parametrize("layout", ["efficient", "nvae", "openai"])
def test_ffhq_that_is_divided(layout, tmp_path):
    images = numbered(9, (256, 256))
    write_faces(tmp_path, layout, images)
    splits = load_splits("ffhq256", tmp_path)
    np.testing.assert_array_equal(read_all(splits.train), images[:6])
    np.testing.assert_array_equal(read_all(splits.test), images[6:])
    if layout == "nvae":
        with pytest.raises(UserError, match="do not say which image is which"):
            load_splits("ffhq256", tmp_path, split_of="openai")
        return
    order = np.random.RandomState(5).permutation(9)
    test = load_splits("ffhq256", tmp_path, split_of="openai").test
    np.testing.assert_array_equal(read_all(test), images[order[5:]])


def test_larger_faces_are_resized_bilinearly(tmp_path):
    image = noisy(1, (512, 512))[0]
    write_folder(tmp_path, {f"images1024x1024/{i}.png": png(image) for i in range(2)})
    read = load_splits("ffhq256", tmp_path).train[np.array([0])][0]
    expected = Image.fromarray(image).resize((256, 256), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(read, np.asarray(expected))


def test_celebahq_of_glow_and_of_efficient_vdvae(tmp_path):
    images = noisy(5, (256, 256))
    place = tmp_path / "celeba-tfr"
    write_tfrecords(place / "train/train-r08-s-0000-of-0120.tfrecords", images[:3])
    write_tfrecords(place / "validation/validation-r08-s-0000-of-0040.tfrecords", images[3:])
    assert_published("celebahq256", tmp_path, images[:3], images[3:], "nvae")
    folders = tmp_path / "efficient"
    write_folder(folders, as_pngs(images[:3], "train_data/") | as_pngs(images[3:], "val_data/"))
    assert_published("celebahq256", folders, images[:3], images[3:], "efficient")


def test_sets_of_1024_pixels(tmp_path):
    images = np.repeat(numbered(2, (1, 1)), 1024, axis=1).repeat(1024, axis=2)
    write_folder(tmp_path, as_pngs(images, "images1024x1024/", first=0))
    splits = load_splits("ffhq1024", tmp_path)
    np.testing.assert_array_equal(splits.train[np.array([0])], images[:1])
    np.testing.assert_array_equal(splits.test[np.array([0])], images[1:])
    (tmp_path / "images1024x1024").rename(tmp_path / "data1024x1024")
    assert len(load_splits("celebahq1024", tmp_path).train) == 1


@pytest.mark.parametrize("size", [(128, 128), (256, 512)])
def test_pictures_of_another_shape_are_named(size, tmp_path):
    write_folder(tmp_path, as_pngs(noisy(2, size), "images1024x1024/"))
    height, width = size
    with pytest.raises(UserError, match=rf"0000.\.png: must be at least .* {width}x{height}$"):
        read_all(load_splits("ffhq256", tmp_path).train)


def test_a_picture_of_gigabytes_is_refused_before_it_is_decoded(tmp_path):
    bomb = bytearray(png(noisy(1, (8, 8))[0]))
    bomb[16:24] = struct.pack(">II", 8000, 8000)  # of IHDR, with its checksum
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
    write_folder(tmp_path, {f"images1024x1024/{i}.png": bytes(bomb) for i in range(2)})
    with pytest.raises(UserError, match="cannot be read as an image .*8000x8000"):
        read_all(load_splits("ffhq256", tmp_path).train)


@pytest.mark.parametrize("name", ["../0.png", "/etc/0.png"])
def test_zips_and_tars_with_paths_outside_are_refused(name, tmp_path):
    write_zip(tmp_path / "images1024x1024.zip", {name: png(noisy(1, (8, 8))[0])})
    with pytest.raises(UserError, match=f"holds a path outside of it: {name}"):
        load_splits("ffhq256", tmp_path)
    imagenet_tar(tmp_path, noisy(2, SIZE_32), noisy(2, SIZE_32))
    write_tar(tmp_path / "train_32x32.tar", {name: b""})
    with pytest.raises(UserError, match=f"holds a path outside of it: {name}"):
        load_splits("imagenet32", tmp_path)


def test_links_and_bombs_in_a_zip_are_refused(tmp_path):
    path = tmp_path / "images1024x1024.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("images1024x1024/0.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(UserError, match="holds a link: images1024x1024/0.png"):
        load_splits("ffhq256", tmp_path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images1024x1024/0.png", bytes(65 * 2**20))
    with pytest.raises(UserError, match="0.png would be 68,157,440 bytes"):
        load_splits("ffhq256", tmp_path)


def write_box(folder, train, test, is_zipped):
    """Rows of 3072 bytes, channel by channel, in batches; labels beside them."""

    def batch(images):
        file = io.BytesIO()
        rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
        np.savez(file, data=rows, labels=np.arange(len(images)))
        return file.getvalue()

    parts = np.array_split(train, 10)
    files = {f"train_data_batch_{i + 1}.npz": batch(part) for i, part in enumerate(parts)}
    if is_zipped:
        inside = {f"Imagenet32_train_npz/{name}": content for name, content in files.items()}
        write_zip(folder / "Imagenet32_train_npz.zip", inside)
        write_zip(folder / "Imagenet32_val_npz.zip", {"val_data.npz": batch(test)})
    else:
        write_folder(folder / "train_data", files)
        write_folder(folder / "val_data", {"val_data.npz": batch(test)})


@pytest.mark.parametrize("is_zipped", [True, False])
def test_batches_of_downsampled_imagenet(is_zipped, tmp_path):
    from data.sets import DATASETS

    train, test = noisy(21, SIZE_32), noisy(4, SIZE_32, 1)
    write_box(tmp_path, train, test, is_zipped)
    published = DATASETS["imagenet32_box"]().read(tmp_path)
    np.testing.assert_array_equal(published.train[:], train)
    np.testing.assert_array_equal(published.train[np.array([20, 0])], train[[20, 0]])
    np.testing.assert_array_equal(published.test[:], test)
    # An image at a time would unpack a batch for each.
    with pytest.raises(UserError, match="python -m utils.prepare_data imagenet32_box .* TARGET"):
        load_splits("imagenet32_box", tmp_path)


def test_multi_dsprites_of_a_file_and_rendered(tmp_path):
    images = numbered(20, (64, 64))
    labels = np.array({"color": [1]}, dtype=object)  # pickled there, not read here
    np.savez_compressed(tmp_path / "multi_dsprites_color_012.npz", x=images, labels=labels)
    splits = load_splits("multi_dsprites", tmp_path, split_of="lvae")
    np.testing.assert_array_equal(splits.train, images[:18])
    np.testing.assert_array_equal(splits.test, images[18:])
    rendered = load_splits("multi_dsprites")
    assert [len(split) for split in rendered] == [80000, 10000, 10000]
    some = rendered.train[np.arange(300)]
    np.testing.assert_array_equal(some[7], rendered.train[np.array([7])][0])
    assert set(np.unique(some)) == {0, 255}  # binary in each channel
    empty = (some == 0).all(axis=(1, 2, 3)).mean()
    assert 0.25 < empty < 0.42  # a third has no shape
    assert describe("multi_dsprites").image_size == (64, 64)


def test_sprites_of_any_size(tmp_path):
    settings = PictureSettings(image_size=(96, 128))
    images = load_splits("multi_dsprites", pictures=settings).test[np.arange(40)]
    assert images.shape == (40, 96, 128, 3)
    # A shape of scale 1 fills a circle of 18/64 of the height at most.
    is_lit = images.any(axis=-1)
    one = is_lit.sum(axis=(1, 2))
    assert 0 < one.max() <= 2 * np.pi / 4 * (96 * 18 / 64) ** 2
    np.savez(tmp_path / "multi_dsprites_color_012.npz", x=numbered(20, (64, 64)))
    with pytest.raises(UserError, match=r"must have shape \(images, 96, 128, 3\)"):
        load_splits("multi_dsprites", tmp_path, pictures=settings)
