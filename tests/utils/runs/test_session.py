"""A run in use."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.conftest import tiny_config
from utils.runs.session import Session


@pytest.mark.parametrize(("binarize", "levels"), [("none", 256), ("dynamic", 2)])
def test_pictures_in_a_folder_are_counted_and_made_as_those_of_the_run(binarize, levels, tmp_path):
    for i in range(3):
        Image.new("L", (48, 32), 85).save(tmp_path / f"{i}.png")
    experiment = SimpleNamespace(
        model=tiny_config(image_size=(32, 48), image_channels=1, levels=levels),
        run=SimpleNamespace(background="white", binarize=binarize),
    )
    typed = SimpleNamespace(images=[str(tmp_path)], split="test")
    request = SimpleNamespace(run=tmp_path, mode_name="detect", typed=typed, experiment=experiment)
    session = Session(request, SimpleNamespace(message=print))
    assert session.images_name == "3 chosen images"
    # A third of the pixels are 1, where rounding would leave none.
    assert session.images.mean() == pytest.approx((levels - 1) / 3, rel=0.1)
    assert len(np.unique(session.images)) == (2 if binarize == "dynamic" else 1)
