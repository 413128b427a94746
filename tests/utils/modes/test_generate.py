import numpy as np
import pytest
from PIL import Image

from hvae.errors import UserError
from hvae.inference.generation.generator import Generator
from hvae.loading import load_model


def written(lines):
    """The one path that was written."""
    (path,) = (line.removeprefix("written: ") for line in lines if line.startswith("written: "))
    return path


@pytest.mark.every_backend
def test_all_forms_hold_the_images_of_the_seed(use, small_run):
    flags = ["--temperature", "linear:0.6:0.9", "--output_temperature", 0.5, "--seed", 3]
    path = written(use("generate", *flags, "--num_images", 7, "--to", "npz", "--batch_size", 3))
    images = np.load(path)["images"]
    expected = Generator(load_model(small_run))(7, [0.6, 0.75, 0.9], 3, output_temperature=0.5)
    np.testing.assert_array_equal(images, expected)
    folder = written(use("generate", *flags, "--num_images", 4, "--to", "folder"))
    last = np.asarray(Image.open(f"{folder}/000003.png"))
    np.testing.assert_array_equal(last, np.round(images[3, ..., 0] * (255 / 16)))
    figure = written(use("generate", *flags, "--num_images", 4))
    assert figure.endswith(".png") and Image.open(figure).size[0] > 700
    assert len({path, folder, figure}) == 3


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--temperature", "0.5", "0.6"], "one for each of the 3 blocks.*Received: 0.5 0.6"),
        (["--num_images", "2000"], "at most 1024 in one figure; give --to folder"),
        (["--output_temperature", "-1"], "output_temperature: must be at least 0"),
    ],
)
def test_mistakes(use, flags, message):
    with pytest.raises(UserError, match=message):
        use("generate", *flags)
