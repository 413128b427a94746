"""CelebA-HQ at 1024×1024 pixels (Karras et al. 2018), RGB, 256 levels; `num_bits` makes it 5 bits.

The splits are those that the files are divided into, as GLOW's are, 27,000 and 3,000; else 3,000
images at random are the validation split. It is the test split too.
"""

from data.layouts.faces import face_layouts
from data.layouts.pictures import glow_layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import given, permuted

_INFO = DatasetInfo(
    image_size=(1024, 1024), image_channels=3, levels=256, num_train=27000, can_flip=True
)


class CelebAHQ1024(PublishedDataset):
    """CelebA-HQ at 1024×1024 pixels."""

    title = "CelebA-HQ"
    info = _INFO
    num_published = 30000
    splits = {
        "own": Split(given(permuted(3000, seed=0))),
        "efficient": Split(given()),
        "nvae": Split(given()),
    }
    layouts = (
        *face_layouts("celebahq-1024", _INFO, "data1024x1024"),
        glow_layout(_INFO, ("", "celeba-tfr/"), held_out="validation"),
    )
    download = (
        "Make data1024x1024 by github.com/suvojit-0x55aa/celebA-HQ-dataset-download, or download "
        "celeba-tfr.tar as github.com/NVlabs/NVAE says"
    )
