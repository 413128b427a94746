"""Flickr-Faces-HQ at 256×256 pixels (Karras et al. 2019), RGB, 256 levels.

One file, `ffhq-256.npy`, with all 70,000 images. 7,000 of them, by their rows in the file, are the
validation split, and the test split too, as in openai/vdvae.
"""

from data.npy_images import open_images
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import permuted

_OPENAI = Split(permuted(7000, seed=5))


class FFHQ256(PublishedDataset):
    """Flickr-Faces-HQ at 256×256 pixels."""

    info = DatasetInfo(
        image_size=(256, 256), image_channels=3, levels=256, num_train=63000, can_flip=True
    )
    splits = {"own": _OPENAI, "openai": _OPENAI}

    def read(self, data_dir):
        """The images, read from the file as they are needed."""
        return Published(open_images(data_dir, "ffhq-256.npy", self.info))
