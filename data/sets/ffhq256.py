"""Flickr-Faces-HQ at 256×256 pixels (Karras et al. 2019), RGB, 256 levels.

7,000 of the 70,000 images are the validation split, and the test split too: those of openai/vdvae
by their rows in `ffhq-256.npy`, or by their numbers; or those that the files are divided into.
"""

from data.layouts.faces import face_layouts
from data.layouts.pictures import tfrecords_layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import given, permuted

_INFO = DatasetInfo(
    image_size=(256, 256), image_channels=3, levels=256, num_train=63000, can_flip=True
)
_OPENAI = permuted(7000, seed=5)


class FFHQ256(PublishedDataset):
    """Flickr-Faces-HQ at 256×256 pixels."""

    title = "FFHQ"
    info = _INFO
    num_published = 70000
    splits = {
        "own": Split(given(_OPENAI)),
        "openai": Split(_OPENAI),
        "efficient": Split(given()),
        "nvae": Split(given()),
    }
    layouts = (
        *face_layouts("ffhq-256", _INFO, "images1024x1024"),
        tfrecords_layout(
            "ffhq-r08.tfrecords", _INFO, train=("ffhq-r08.tfrecord*", "ffhq/ffhq-r08.tfrecord*")
        ),
    )
    download = (
        "Download images1024x1024.zip from github.com/NVlabs/ffhq-dataset, or ffhq-256.npy as "
        "github.com/openai/vdvae says"
    )
