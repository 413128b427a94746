"""How CelebA lies in a folder, for one of the crops that codebases make of it."""

from data.archives.picture_folder import open_picture_folder
from data.archives.picture_zip import open_picture_zip
from data.files import reading
from data.layouts.layout import Layout
from data.layouts.pictures import lmdb_layout, npy_layout
from data.sets.base import Published
from hvae.errors import UserError

#: Width and height of the aligned pictures.
ALIGNED = (178, 218)

_SPLITS = {"0": "train", "1": "validation", "2": "test"}
_PARTITION = tuple(f"{folder}list_eval_partition.txt" for folder in ("", "celeba/"))


def celeba_layouts(name, info, fit):
    """`Layout`s of a prepared set, of the published files, and of NVAE's LMDB.

    Args:
        name: the data set's name, with which prepared files begin.
        info: the `DatasetInfo`.
        fit: the `Fit`, with the crop.
    """
    files = {"train": "train", "validation": "valid", "test": "test"}

    def of_zip(pictures, partition):
        return _divided(partition, lambda names: open_picture_zip(pictures, fit, names))

    def of_folder(pictures, partition):
        there = {path.name for path in pictures.iterdir()}

        def open_named(names):
            missing = next((name for name in names if name not in there), None)
            if missing is not None:
                raise UserError(f"{pictures} lacks {missing}, which {partition.name} names")
            return open_picture_folder(pictures, fit, names)

        return _divided(partition, open_named)

    return (
        npy_layout(info, **{field: f"{name}-{split}.npy" for field, split in files.items()}),
        Layout(
            "img_align_celeba.zip and list_eval_partition.txt",
            {
                "pictures": ("img_align_celeba.zip", "celeba/img_align_celeba.zip"),
                "partition": _PARTITION,
            },
            of_zip,
        ),
        Layout(
            "the zip's folder img_align_celeba and list_eval_partition.txt",
            {
                "pictures": ("img_align_celeba/", "celeba/img_align_celeba/"),
                "partition": _PARTITION,
            },
            of_folder,
        ),
        lmdb_layout(
            info, fit, train="train.lmdb/", validation="validation.lmdb/", test="test.lmdb/"
        ),
    )


def _divided(partition, open_named):
    """`Published` of the official list: a line a picture, its name and 0, 1 or 2."""
    names = {field: [] for field in _SPLITS.values()}
    with reading(partition):
        for line in partition.read_text(encoding="utf-8").splitlines():
            name, _, split = line.strip().partition(" ")
            if not name:
                continue
            if split.strip() not in _SPLITS or "/" in name or "\\" in name:
                raise ValueError(f"a line is {line!r}")
            names[_SPLITS[split.strip()]].append(name)
        if not all(names.values()):
            raise ValueError("a split has no picture")
    return Published(**{field: open_named(of_split) for field, of_split in names.items()})
