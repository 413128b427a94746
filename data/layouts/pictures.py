"""How sets of pictures lie in a folder: each function makes one `Layout`."""

import pathlib

from data.archives.nvae_lmdb import open_nvae_lmdb
from data.archives.picture_folder import open_picture_folder
from data.archives.picture_tar import open_picture_tar
from data.archives.picture_zip import open_picture_zip
from data.archives.tfrecords import open_tfrecords
from data.items import Items
from data.layouts.layout import Layout
from data.layouts.npy import npy_reader
from data.sets.base import Published
from hvae.checks.typed_numbers import whole_number


def npy_layout(info, **names):
    """`.npy` files, which stay on disk.

    Args:
        info: the `DatasetInfo`.
        names: file name by field of `Published`.
    """
    files = {field: (name,) for field, name in names.items()}
    return Layout(" and ".join(names.values()), files, npy_reader(info))


def picture_folder_layout(said, fit, **names):
    """Folders of pictures.

    Args:
        said: what an error calls them.
        fit: a `Fit`.
        names: folders, each ending in /, by field of `Published`.
    """

    def read(**folders):
        opened = {field: open_picture_folder(folder, fit) for field, folder in folders.items()}
        return _by_number(Published(**opened))

    return Layout(said, names, read)


def picture_zip_layout(fit, *names):
    """A zip of pictures that are not divided, under one of these names."""
    return Layout(
        " or ".join(names),
        {"path": names},
        lambda path: Published(open_picture_zip(path, fit)),
    )


def picture_tar_layout(fit, **names):
    """Uncompressed tars of pictures: file name by field of `Published`."""

    def read(**paths):
        return Published(**{field: open_picture_tar(path, fit) for field, path in paths.items()})

    return Layout(" and ".join(names.values()), {f: (n,) for f, n in names.items()}, read)


def tfrecords_layout(said, info, **names):
    """TFRecord files of raw images.

    Args:
        said: what an error calls them.
        info: the `DatasetInfo`.
        names: names with a star, in the order in which they are tried, by field of `Published`.
    """
    shape = (*info.image_size, info.image_channels)

    def read(**paths):
        return Published(**{field: open_tfrecords(found, shape) for field, found in paths.items()})

    return Layout(said, names, read)


def glow_layout(info, folders, held_out):
    """GLOW's TFRecords: files train/train-rNN-s-… and validation/validation-rNN-s-…, side 2^NN.

    Args:
        info: the `DatasetInfo`.
        folders: where these folders may lie, each name ending in / or empty.
        held_out: the field of `Published` that its validation images are.
    """
    shards = f"r{info.image_size[0].bit_length() - 1:02}-s-*-of-*.tfrecords"
    said = f"GLOW's train/train-{shards} and validation/validation-{shards}"
    names = {
        field: tuple(f"{folder}{part}/{part}-{shards}" for folder in folders)
        for field, part in (("train", "train"), (held_out, "validation"))
    }
    return tfrecords_layout(said, info, **names)


def lmdb_layout(info, fit=None, **names):
    """LMDB folders of NVlabs/NVAE.

    Args:
        info: the `DatasetInfo`.
        fit: the `Fit` of encoded pictures; `None` if they hold raw pixels.
        names: folders, each ending in /, by field of `Published`; a test split may be missing.
    """
    shape = (*info.image_size, info.image_channels)

    def read(**paths):
        opened = {field: open_nvae_lmdb(path, shape, fit) for field, path in paths.items()}
        return Published(**opened)

    files = {field: (name,) for field, name in names.items()}
    said = f"NVAE's {' and '.join(name.rstrip('/') for name in names.values())}"
    return Layout(said, files, read, may_lack=("test",) if "validation" in names else ())


def _by_number(published):
    """With the images of training and validation in one order, if their files are numbered."""
    if published.validation is None:
        return published
    items = (published.train, published.validation)
    keys = [key for images in items for key in images.keys]
    if any(whole_number(pathlib.Path(key).stem) is None for key in keys):
        return published
    whole = sorted(keys, key=lambda key: int(pathlib.Path(key).stem))
    train = published.train
    return published._replace(whole=Items(whole, train.read, train.shape[1:]))
