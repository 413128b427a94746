"""A run knows its images again."""

import numpy as np
import pytest

from data.load import load_splits
from data.picture_settings import PictureSettings
from data.sets.base import Splits
from hvae.errors import UserError
from tests.data.test_images import SMALL, write_folder
from utils.runs import data_fingerprint
from utils.runs.data_fingerprint import changed_data, refuse_changed_data, write_fingerprint


def splits(counts=(40, 7, 5), seed=0):
    draw = np.random.default_rng(seed).integers(0, 256, (sum(counts), 3, 4, 1), dtype=np.uint8)
    return Splits(*np.split(draw, np.cumsum(counts)[:-1]))


def test_the_same_images_are_the_same(tmp_path):
    write_fingerprint(tmp_path, splits())
    assert changed_data(tmp_path, splits()) == ""
    refuse_changed_data(tmp_path, splits())


def test_any_other_image_is_noticed_and_the_numbers_are_said(tmp_path):
    write_fingerprint(tmp_path, splits())
    for split, images in splits()._asdict().items():
        other = images.copy()
        other[-1, 0, 0] ^= 1
        said = changed_data(tmp_path, splits()._replace(**{split: other}))
        assert said == f"{split}: {len(images)} images as then, but others, or in another order"
        swapped = images[[1, 0, *range(2, len(images))]]
        assert split in changed_data(tmp_path, splits()._replace(**{split: swapped}))
    more = splits((43, 6, 5))
    with pytest.raises(UserError, match="train: 40 images then, 43 now, validation: 7 .* 6 now"):
        refuse_changed_data(tmp_path, more)
    assert "train" not in changed_data(tmp_path, more, ("validation", "test"))


def test_of_a_large_split_images_all_over_it_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(data_fingerprint, "_MOST_BYTES", 20 * 12)
    write_fingerprint(tmp_path, splits((4000, 7, 5)))
    other = splits((4000, 7, 5)).train.copy()
    other[3000:] = 0
    assert changed_data(tmp_path, splits((4000, 7, 5))._replace(train=other)).startswith("train")


def test_a_run_without_one_is_taken_as_it_is(tmp_path):
    assert changed_data(tmp_path, splits()) == ""
    (tmp_path / "data.json").write_text("{")
    with pytest.raises(UserError, match="data.json is damaged"):
        changed_data(tmp_path, splits())


def test_a_file_more_in_a_folder_of_images_is_noticed(tmp_path):
    write_folder(tmp_path / "photos", 60)
    load = lambda: load_splits("images", tmp_path / "photos", pictures=SMALL)  # noqa: E731
    write_fingerprint(tmp_path, load())
    assert changed_data(tmp_path, load()) == ""
    write_folder(tmp_path / "photos", 1, start=60)
    assert "then" in changed_data(tmp_path, load())
    other = PictureSettings(image_size=(8, 6))
    assert changed_data(tmp_path, load_splits("images", tmp_path / "photos", pictures=other))
