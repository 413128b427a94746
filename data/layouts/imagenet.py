"""How the ImageNet of van den Oord et al. 2016 lies in a folder."""

from data.layouts.pictures import (
    glow_layout,
    lmdb_layout,
    npy_layout,
    picture_folder_layout,
    picture_tar_layout,
)
from data.picture_bytes import Fit


def imagenet_layouts(side, info):
    """`Layout`s of openai/vdvae's files, of the pictures, of GLOW's TFRecords and NVAE's LMDB.

    Args:
        side: 32 or 64, pixels.
        info: the `DatasetInfo`.
    """
    fit = Fit((side, side))
    folders = ("", f"imagenet-oord-tfr-{side}/", "imagenet-oord-tfr/")
    folders += ("mnt/host/imagenet-oord-tfr/",)
    return (
        npy_layout(info, train=f"imagenet{side}-train.npy", test=f"imagenet{side}-valid.npy"),
        picture_tar_layout(fit, train=f"train_{side}x{side}.tar", test=f"valid_{side}x{side}.tar"),
        picture_folder_layout(
            f"their folders train_{side}x{side} and valid_{side}x{side}",
            fit,
            train=(f"train_{side}x{side}/",),
            test=(f"valid_{side}x{side}/",),
        ),
        glow_layout(info, folders, held_out="test"),
        lmdb_layout(info, train="train.lmdb/", test="validation.lmdb/"),
    )
