"""A data set as one picture."""

import numpy as np
import pytest
from PIL import Image

from data.sets.base import Splits
from hvae.errors import UserError
from hvae.training.display import Display
from tests.data.test_images import write_folder
from utils.figures.data_sheet import draw_data_sheet
from utils.show_data import parse_arguments, show_data


class Lines(Display):
    def __init__(self):
        self.lines = []

    def message(self, text):
        self.lines.append(text)


def test_the_picture_says_sizes_levels_and_counts(tmp_path):
    write_folder(tmp_path / "photos", 60)
    out, display = tmp_path / "sheet.png", Lines()
    flags = ["--data_dir", tmp_path / "photos", "--image_size", "6", "8", "--limit_train", "30"]
    show_data(parse_arguments(["images", "--out", str(out), *map(str, flags)]), display)
    text = "\n".join(display.lines)
    assert "images: 6x8 RGB, 256 levels" in text and "train: 30 images" in text
    assert f"written: {out}" in text
    assert Image.open(out).size[0] > 800
    with pytest.raises(UserError, match="dataset: allowed are .*images.* Received: nothing"):
        parse_arguments(["nothing"])


def test_digits_are_grey(tmp_path):
    display = Lines()
    show_data(parse_arguments(["digits", "--out", str(tmp_path / "a.png")]), display)
    assert display.lines[0] == "digits: 8x8 grey, 17 levels"
    assert "pixels of those of train: 0 to 16" in display.lines[4]


def test_images_of_every_split_are_in_it(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "utils.figures.data_sheet.show_grid",
        lambda axis, images, levels, columns: drawn.append(images),
    )
    splits = Splits(
        *(np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1) for count in (200, 48, 3))
    )
    lines = draw_data_sheet(tmp_path / "a.png", "a", splits, 256)
    assert [images.ravel()[[0, -1]].tolist() for images in drawn] == [[0, 199], [0, 47], [0, 2]]
    assert [len(images) for images in drawn] == [48, 48, 3]
    assert lines[1:4] == ["train: 200 images", "validation: 48 images", "test: 3 images"]
