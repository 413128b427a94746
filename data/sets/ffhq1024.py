"""Flickr-Faces-HQ at 1024×1024 pixels (Karras et al. 2019), RGB, 256 levels.

One file, `ffhq-1024.npy`, with all 70,000 images in the order of their numbers. Those from 65,000
on are the validation split, and the test split too, as in openai/vdvae.
"""

from data.npy_images import open_images
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import last

_OPENAI = Split(last(5000))


class FFHQ1024(PublishedDataset):
    """Flickr-Faces-HQ at 1024×1024 pixels."""

    info = DatasetInfo(
        image_size=(1024, 1024), image_channels=3, levels=256, num_train=65000, can_flip=True
    )
    splits = {"own": _OPENAI, "openai": _OPENAI}

    def read(self, data_dir):
        """The images, read from the file as they are needed."""
        return Published(open_images(data_dir, "ffhq-1024.npy", self.info))
