"""Flickr-Faces-HQ at 1024×1024 pixels (Karras et al. 2019), RGB, 256 levels.

The images from number 65000 on are the validation split, and the test split too, as in
openai/vdvae; or those that the files are divided into.
"""

from data.layouts.faces import face_layouts
from data.layouts.pictures import tfrecords_layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import given, last

_INFO = DatasetInfo(
    image_size=(1024, 1024), image_channels=3, levels=256, num_train=65000, can_flip=True
)
_OPENAI = last(5000)


class FFHQ1024(PublishedDataset):
    """Flickr-Faces-HQ at 1024×1024 pixels."""

    title = "FFHQ"
    info = _INFO
    num_published = 70000
    splits = {
        "own": Split(given(_OPENAI)),
        "openai": Split(_OPENAI),
        "efficient": Split(given(), 63000),
    }
    layouts = (
        *face_layouts("ffhq-1024", _INFO, "images1024x1024"),
        tfrecords_layout(
            "ffhq-r10.tfrecords", _INFO, train=("ffhq-r10.tfrecord*", "ffhq/ffhq-r10.tfrecord*")
        ),
    )
    download = "Download images1024x1024.zip from github.com/NVlabs/ffhq-dataset"
