"""Flickr-Faces-HQ at 256×256 pixels (Karras et al. 2019), RGB, 256 levels.

One file, `ffhq-256.npy`, with all 70,000 images. 7,000 random images are the
validation split, and the test split too, as in Child 2021.
"""

from data.npy_images import open_images
from data.sets.base import Dataset, DatasetInfo, Splits, split_rows

NUM_VALIDATION = 7000


class FFHQ256(Dataset):
    """Flickr-Faces-HQ at 256×256 pixels."""

    info = DatasetInfo(
        image_size=(256, 256), image_channels=3, levels=256, num_train=63000, can_flip=True
    )

    def load(self, data_dir=None):
        """The images as `Splits`, read from the file as they are needed."""
        train, held_out = split_rows(
            open_images(data_dir, "ffhq-256.npy", self.info), NUM_VALIDATION
        )
        return Splits(train, held_out, held_out)
