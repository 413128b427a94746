"""What pictures of any kind become."""

from typing import NamedTuple

from data.picture_file import RULE


class PictureSettings(NamedTuple):
    """What is made of the user's own pictures, and of which."""

    image_size: tuple[int, int] = (64, 64)  # height and width, pixels
    image_channels: int = 3  # 1 for greyscale, 3 for RGB
    background: str = "white"  # the colour behind transparent pixels, as CSS names it
    skip_unreadable: bool = False  # whether files that cannot be read are left out
    limit_train: int = 0  # use only the first N training images; 0 for all
    limit_eval: int = 0  # the same of validation, and of test

    @property
    def rule(self):
        """Name of all that decides the pixels of a picture."""
        height, width = self.image_size
        background = self.background.removeprefix("#")
        return f"{height}x{width}x{self.image_channels}-{background}-{RULE}"
