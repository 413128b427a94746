"""CelebA at 64×64 pixels (Liu et al. 2015), RGB, 256 levels, cropped as in ladder-vae-pytorch.

The central 148×148 pixels, columns 15 to 163 and rows 35 to 183, resized bilinearly. The splits
are the official ones.
"""

from data.layouts.celeba import ALIGNED, celeba_layouts
from data.picture_bytes import Fit
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import given, validation_twice

_INFO = DatasetInfo(
    image_size=(64, 64), image_channels=3, levels=256, num_train=162770, can_flip=True
)
_FIT = Fit((64, 64), crop=(15, 35, 163, 183), crop_of=ALIGNED)


class CelebA64Centre(PublishedDataset):
    """CelebA at 64×64 pixels, its central part."""

    title = "CelebA"
    info = _INFO
    num_published = 182637
    splits = {"own": Split(given()), "lvae": Split(validation_twice)}
    layouts = celeba_layouts("celeba64_centre", _INFO, _FIT)
    download = (
        "Download img_align_celeba.zip and list_eval_partition.txt from "
        "mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
    )
