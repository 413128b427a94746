"""compress and decompress on one run."""

import numpy as np
import pytest
from PIL import Image

from data.sets import digits
from hvae.errors import UserError

pytestmark = pytest.mark.tensorflow
pytest.importorskip("constriction")


def arrays(folder):
    newest = max((folder / "decompress").glob("*.npz"), key=lambda p: p.stat().st_mtime_ns)
    return np.load(newest, allow_pickle=False)["images"]


def test_images_of_a_split_and_of_a_folder_come_back(use, small_run, tmp_path):
    images = digits.Digits().load().test[:5]
    use("compress", "--num_images", 5, "--batch_size", 2)
    use("decompress")
    np.testing.assert_array_equal(arrays(small_run), images)

    (tmp_path / "pictures").mkdir()
    for i, image in enumerate(images[:3]):
        pixels = np.rint(image[..., 0] * 255.0 / 16.0).astype("uint8")
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{i}.png")
    file = tmp_path / "pictures.hvae"
    (line,) = use("compress", "--images", tmp_path / "pictures", "--to", file)[-1:]
    assert "3 images" in line and "bits/dim" in line
    use("decompress", file)
    np.testing.assert_array_equal(arrays(small_run), images[:3])


def test_a_file_that_is_none_is_one_line(use, tmp_path):
    (tmp_path / "text").write_text("text")
    with pytest.raises(UserError, match="text is no file that compress wrote"):
        use("decompress", tmp_path / "text")
