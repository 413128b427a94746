"""Figures of a model of binary pixels: its images are black and white, their means grey."""

import json
import random

import matplotlib.axes
import numpy as np
import pytest

from data.load import load_splits
from data.sets.base import Splits
from hvae.configuration.settings import to_dict
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.inference.evaluation.ssim import ssim
from hvae.loading import load_model
from hvae.model import HVAE
from tests.conftest import randomize, tiny_config
from utils.experiments.experiment import Experiment
from utils.figures import run_figures
from utils.runs.run_folder import write_description

CONFIG = tiny_config(image_size=(28, 28), levels=2, likelihood="bernoulli")


@pytest.fixture(scope="module")
def splits():
    """Digits, as large as MNIST's and as binary."""

    def binary(images):
        large = (images[:40] > 8).repeat(3, axis=1).repeat(3, axis=2)
        return np.pad(large, [(0, 0), (2, 2), (2, 2), (0, 0)]).astype(np.uint8)

    return Splits(*map(binary, load_splits("digits")))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a run of a model of binary pixels, with random weights."""
    folder = tmp_path_factory.mktemp("runs") / "binary"
    folder.mkdir()
    data = {"dataset": "mnist", "binarize": "static"}
    write_description(folder, Experiment.from_flat(data | to_dict(CONFIG)))
    random.seed(0)
    randomize(HVAE(CONFIG), scale=0.2).save_weights(folder / "best_ema.weights.h5")
    return folder


@pytest.fixture
def pictures(monkeypatch, splits):
    """Arrays that figures show as pictures, as they come."""
    shown, imshow = [], matplotlib.axes.Axes.imshow

    def recorded(self, picture, *arguments, **options):
        shown.append(np.asarray(picture))
        return imshow(self, picture, *arguments, **options)

    monkeypatch.setattr(matplotlib.axes.Axes, "imshow", recorded)
    monkeypatch.setattr(Experiment, "load_splits", lambda *_: splits)
    return shown


def assert_grey(pictures, has_originals=False):
    assert pictures
    for picture in pictures:
        # What is no picture of an image, as a map of colours, is not grey.
        pixels = picture[(picture == picture[..., :1]).all(axis=-1)][..., 0]
        assert 0.0 <= pixels.min() and pixels.max() <= 1.0
        of_means = (pixels > 0.2) & (pixels < 0.8)
        assert of_means.mean() > 0.1 and len(np.unique(pixels[of_means])) > 10
        assert (pixels == 0.0).any() == has_originals
        # White of originals, which is 1 in their own levels, is as white as that of means.
        assert not ((pixels > 0.0) & (pixels < 0.01)).any()


@pytest.mark.parametrize(
    ("words", "has_originals"),
    [
        ("reconstruct --num_images 3", True),
        ("hierarchy --num_images 1 --draws 2 --time_repeats 0", True),
        ("detect --num_images 20", True),
        ("interpolate 3 7 --steps 3", False),
        ("explore --images 3 --steps 3", False),
        ("layers --rows 2 --columns 2", False),
        ("generate --num_images 4 --output mean", False),
        ("pick --num_images 4 --output mean --choose 1,2", False),
        ("pick --num_images 4 --output mean", False),
    ],
)
def test_modes_show_means_in_grey(words, has_originals, use, run, pictures):
    use(*words.split(), folder=run)
    assert_grey(pictures, has_originals)


def test_a_run_shows_its_reconstructions_in_grey(pictures, splits, tmp_path, monkeypatch):
    model = randomize(HVAE(CONFIG), scale=0.2)
    for other in ("draw_training_curves", "draw_samples", "draw_kl_per_scale"):
        monkeypatch.setattr(run_figures, other, lambda *_: None)
    figures = run_figures.RunFigures(tmp_path, model, splits.validation)
    figures.draw([], Evaluator(model)(splits.validation[:3]))
    assert_grey(pictures, has_originals=True)


def test_similarity_is_that_of_the_grey_means(use, run, pictures, splits):
    use("evaluate", "--num_images", 3, folder=run)
    found = json.loads((run / "evaluate" / "evaluation.json").read_text())["ssim"]
    images = splits.test[:3]
    means = load_model(run).reconstruct(images).images
    assert found == pytest.approx(ssim(255 * images, means, 256).mean())
