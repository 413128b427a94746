"""Multi-dSprites: 0, 1 or 2 binary shapes in seven colours on black, RGB, 256 levels.

As in ladder-vae-pytorch, from github.com/addtt/multi-object-datasets: read from an `.npz` of it, or
rendered here from a seed at any size, 100,000 images, each when it is asked for. The last fifth is
validation and test.
"""

from data.files import read_npz
from data.items import Items
from data.layouts.layout import Layout
from data.picture_settings import PictureSettings
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import shares
from data.sprites import render_sprites

_COUNT = 100_000


def _read(paths):
    [images] = read_npz(paths[0], ["x"])
    return Published(images)


class MultiDSprites(PublishedDataset):
    """Images of up to two coloured shapes."""

    title = "Multi-dSprites"
    info = DatasetInfo(
        image_size=PictureSettings().image_size,
        image_channels=3,
        levels=256,
        num_train=80000,
        can_flip=True,
    )
    num_published = 100000
    splits = {"own": Split(shares(0.1, 0.1)), "lvae": Split(shares(0.1, 0), 90000)}
    layouts = (
        Layout(
            "multi_dsprites_color_012.npz",
            {"paths": ("multi_dsprites*.npz", "*dsprites*/multi_dsprites*.npz")},
            _read,
        ),
    )
    download = (
        "Without --data_dir, images like its own are rendered; else download it from "
        "github.com/addtt/multi-object-datasets"
    )
    needs_no_files = True

    def configured(self, pictures):
        """The same images at the size of other `PictureSettings`."""
        self.info = self.info._replace(image_size=tuple(pictures.image_size))
        return self

    def _without_files(self):
        """Images that are rendered when they are asked for."""
        size = self.info.image_size
        return Published(
            Items(range(_COUNT), lambda number: render_sprites(number, size), (*size, 3))
        )
