"""Fixtures that several test files share."""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest

from hvae.config import ModelConfig

GOLDEN = pathlib.Path(__file__).parents[2] / "shared" / "golden"


def pytest_collection_modifyitems(items):
    """Tests that need TensorFlow as the backend say so by their marker; others skip them."""
    if keras.config.backend() != "tensorflow":
        reason = pytest.mark.skip(reason="needs TensorFlow as the Keras backend")
        for item in items:
            if "tensorflow" in item.keywords:
                item.add_marker(reason)


@pytest.fixture(autouse=True)
def _same_start():
    keras.utils.set_random_seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def golden():
    """Function from a file name to the reference arrays; skips where they are absent."""

    def load(name):
        path = GOLDEN / name
        if not path.is_file():
            pytest.skip(f"reference numbers are not here: ../shared/golden/{name}")
        return np.load(path, allow_pickle=False)

    return load


def read_published(golden, name):
    """Reference arrays of a whole published model, its state dict and hyper-parameters."""
    d = golden(name)
    state = {k.removeprefix("state/"): d[k] for k in d.files if k.startswith("state/")}
    return d, state, json.loads(str(d["hparams_json"]))


def tiny_config(**changes):
    """Two scales and width 8: builds and compiles in seconds."""
    values = dict(
        image_size=(8, 8),
        image_channels=1,
        levels=17,
        num_scales=2,
        stage_in_width=8,
        enc_middle_width=8,
        dec_middle_width=8,
        z_width=2,
        enc_num_blocks=1,
        dec_num_blocks=1,
        output_blocks=1,
        z_out_width=8,
        z_out_middle_width=8,
        num_output_mixtures=2,
    )
    return ModelConfig(**{**values, **changes})


def random_images(config, count, seed=0):
    """Integers 0 … levels − 1 of a model's size."""
    shape = (count, *config.image_size, config.image_channels)
    return np.random.default_rng(seed).integers(0, config.levels, shape).astype("uint8")


def randomize(model, scale=0.3, seed=0):
    """Give every weight a value: zero-initialised parts must take part in a test."""
    rng = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        variable.assign(rng.standard_normal(variable.shape) * scale)
    return model


def normal_noise(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(shape).astype("float32") for shape in shapes)
