"""CelebA at 64×64 pixels (Liu et al. 2015), RGB, 256 levels.

Cropped as in Efficient-VDVAE and NVAE, after Larsen et al. 2016, columns 15 to 163 and rows 40 to
188, and resized bilinearly. `celeba64_centre` has another crop. The splits are the official ones.
"""

from data.layouts.celeba import ALIGNED, celeba_layouts
from data.layouts.pictures import picture_folder_layout
from data.picture_bytes import Fit
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import given, validation_twice

_INFO = DatasetInfo(
    image_size=(64, 64), image_channels=3, levels=256, num_train=162770, can_flip=True
)
_FIT = Fit((64, 64), crop=(15, 40, 163, 188), crop_of=ALIGNED)


class CelebA64(PublishedDataset):
    """CelebA at 64×64 pixels, cropped after Larsen et al. 2016."""

    title = "CelebA"
    info = _INFO
    num_published = 182637
    splits = {
        "own": Split(given()),
        "efficient": Split(given()),
        "nvae": Split(validation_twice),
    }
    layouts = (
        *celeba_layouts("celeba64", _INFO, _FIT),
        picture_folder_layout(
            "Efficient-VDVAE's folders train, val and test",
            _FIT,
            train=("train/",),
            validation=("val/",),
            test=("test/",),
        ),
    )
    download = (
        "Download img_align_celeba.zip and list_eval_partition.txt from "
        "mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
    )
