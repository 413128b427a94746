"""How Downsampled ImageNet (Chrabaszcz et al. 2017) lies in a folder."""

from data.archives.npz_batches import NpzBatches
from data.layouts.layout import Layout
from data.layouts.pictures import npy_layout
from data.sets.base import Published


def box_layouts(side, info):
    """`Layout`s of a prepared set, and of the published batches in zips or unpacked.

    Args:
        side: 32 or 64, pixels.
        info: the `DatasetInfo`.
    """
    shape = (*info.image_size, info.image_channels)

    def read(train, test):
        return Published(NpzBatches(train, shape), test=NpzBatches(test, shape))

    return (
        npy_layout(
            info, train=f"imagenet{side}_box-train.npy", test=f"imagenet{side}_box-valid.npy"
        ),
        Layout(
            f"Imagenet{side}_train_npz.zip (of 64x64 in two parts) and Imagenet{side}_val_npz.zip",
            {
                "train": (f"Imagenet{side}_train*npz.zip",),
                "test": (f"Imagenet{side}_val*npz.zip",),
            },
            read,
        ),
        Layout(
            "the batches in them, train_data_batch_1.npz ... and val_data.npz, also in train_data/ "
            "and val_data/",
            {
                "train": tuple(
                    f"{folder}train_data_batch_*.npz"
                    for folder in ("", "train_data/", f"Imagenet{side}_train*npz/")
                ),
                "test": tuple(
                    f"{folder}val_data.npz"
                    for folder in ("*", "val_data/*", f"Imagenet{side}_val*npz/*")
                ),
            },
            read,
        ),
    )
