"""How FFHQ and CelebA-HQ lie in a folder: numbered PNG files, and what peers made of them."""

from data.layouts.pictures import (
    lmdb_layout,
    npy_layout,
    picture_folder_layout,
    picture_zip_layout,
)
from data.picture_bytes import Fit


def face_layouts(name, info, pictures):
    """`Layout`s of prepared sets, of the pictures, of Efficient-VDVAE's folders and NVAE's LMDB.

    Args:
        name: with which `.npy` files begin.
        info: the `DatasetInfo`.
        pictures: name of the published zip, without its ending, and of its folder.
    """
    fit = Fit(info.image_size)
    side = info.image_size[0]
    return (
        npy_layout(info, train=f"{name}.npy"),
        npy_layout(info, train=f"{name}-train.npy", validation=f"{name}-valid.npy"),
        picture_zip_layout(fit, f"{pictures}.zip"),
        picture_folder_layout(
            f"its folder {pictures}, or one of pictures of another size, images{side}x{side}",
            fit,
            train=(f"{pictures}/", f"images{side}x{side}/"),
        ),
        picture_folder_layout(
            "openai/vdvae's folders train and valid, or Efficient-VDVAE's train_data and val_data",
            fit,
            train=("train_data/", "train/", "ffhq1024/train/"),
            validation=("val_data/", "valid/", "ffhq1024/valid/"),
        ),
        lmdb_layout(info, train="train.lmdb/", validation="validation.lmdb/"),
    )
