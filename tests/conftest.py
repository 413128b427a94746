"""Fixtures that several test files share."""

import contextlib
import gc
import json
import math
import os
import pathlib
import random
import socket
import subprocess
import sys
from unittest import mock

import numpy as np
import pytest

from hvae.checks.memory import resident_bytes
from hvae.families.efficient_vdvae import EfficientVDVAEConfig
from hvae.families.lvae import LVAEConfig
from hvae.families.nvae import NVAEConfig
from hvae.families.vdvae import VDVAEConfig

TESTS = pathlib.Path(__file__).parent
GOLDEN = TESTS / "golden"
BACKEND = os.environ["KERAS_BACKEND"]

if BACKEND == "jax":
    # What it traces stays: to look for garbage after every 700 objects takes a tenth of the time.
    gc.set_threshold(200_000)

#: Folders of what is made of the backend's own operations, with the layers of each family. All
#: backends run the tests in them, and others only if they are marked (see CONTRIBUTING).
EVERY_BACKEND = {"attention", "flows", "latents", "layers", "likelihoods", "numerics"}


@pytest.hookimpl(tryfirst=True)  # before -m selects by markers
def pytest_collection_modifyitems(items):
    needs_tensorflow = pytest.mark.skip(reason="runs under TensorFlow only")
    for item in items:
        folders = item.path.relative_to(TESTS).parts[:-1]
        if "layers" in folders or EVERY_BACKEND & set(folders[:1]):
            item.add_marker(pytest.mark.every_backend)
        if "tensorflow" in item.keywords and BACKEND != "tensorflow":
            item.add_marker(needs_tensorflow)


@pytest.fixture(autouse=True)
def _same_start():
    # Keras draws seeds from it. `keras.utils.set_random_seed` would import TensorFlow everywhere.
    random.seed(0)


@pytest.fixture(scope="session", autouse=True)
def _openvino_reports_nothing():
    """Its conversions start a process each that looks for a server, and takes a core meanwhile."""
    if BACKEND == "tensorflow":
        import openvino_telemetry

        with mock.patch.object(openvino_telemetry.Telemetry, "send_event"):
            yield
    else:
        yield


@pytest.fixture(scope="module", autouse=True)
def _compiled_code_is_freed():
    """JAX keeps all that it has compiled. Other modules need much of it: up to 5 GB it may."""
    yield
    if BACKEND == "jax" and (resident_bytes() or math.inf) > 5e9:
        import jax

        jax.clear_caches()


@pytest.fixture(scope="module")
def environment_stays():
    """For modules that call the scripts' `main`, which chooses the backend in the environment."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@contextlib.contextmanager
def running_op_by_op():
    """TensorFlow runs functions of a model without graphs: to trace one takes as long as five runs.

    That graphs give the same is a test of its own (`tests/inference/test_graphs.py`).
    """
    if BACKEND != "tensorflow":
        yield
        return
    from hvae.inference.running.compiled_function import CompiledFunction

    with mock.patch.object(CompiledFunction, "run_eagerly", True):
        yield


@pytest.fixture(scope="module")
def op_by_op():
    """For modules all of whose tests are in `running_op_by_op`."""
    with running_op_by_op():
        yield


@pytest.fixture(scope="session")
def left_over():
    """Gives a name that a process which is no more had for a file that it did not end."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=1)
    return lambda name: f".writing-at-{socket.gethostname()}-{int(done.stdout)}-{name}"


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def golden():
    """Function from a file name to the reference arrays (`tests/golden/README.md`)."""
    return lambda name: np.load(GOLDEN / name, allow_pickle=False)


def read_published(golden, name):
    """Reference arrays of a whole published model, its state dict and hyper-parameters."""
    d = golden(name)
    state = {k.removeprefix("state/"): d[k] for k in d.files if k.startswith("state/")}
    return d, state, json.loads(str(d["hparams_json" if "hparams_json" in d else "config_json"]))


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
    return VDVAEConfig(**{**values, **changes})


def one_block_config(**changes):
    """One scale, and no block but one of latents: a third of what `tiny_config` takes to trace."""
    values = {"num_scales": 1, "enc_num_blocks": 0, "output_blocks": 0}
    return tiny_config(**{**values, **changes})


def efficient_config(**changes):
    """An Efficient-VDVAE of three levels, two of one size, with as many widths."""
    values = dict(
        image_size=(8, 8),
        image_channels=1,
        levels=17,
        input_conv_filters=4,
        up_strides=(2, 1, 1),
        up_filters=(4, 4, 4),
        up_skip_filters=(4, 6, 5),
        down_strides=(1, 1, 2),
        down_filters=(4, 4, 6),
        down_n_blocks_per_res=(0, 1, 0),
        down_latent_variates=(2, 2, 2),
        num_output_mixtures=2,
    )
    return EfficientVDVAEConfig(**{**values, **changes})


def nvae_config(**changes):
    """An NVAE with two groups of latents for 8x8 images."""
    values = dict(
        std_param="soft_clamp",
        image_size=(8, 8),
        image_channels=1,
        levels=17,
        channel_towers=4,
        number_of_scales=2,
        initial_splits_per_scale=2,
        exponential_scaling=2,
        latent_size=2,
        num_blocks_prepost=1,
        num_cells_per_block_prepost=1,
        cells_per_split_enc=1,
        cells_per_input_dec=1,
        num_output_mixtures=2,
    )
    return NVAEConfig(**{**values, **changes})


def lvae_config(**changes):
    """A Ladder VAE with two latents for 8x8 images, with all of its options."""
    values = dict(
        std_param="smooth_exp",
        gradient_smoothing=0.5,
        image_size=(8, 8),
        image_channels=1,
        levels=17,
        zdims=(2, 3),
        downsample=(1, 1),
        blocks_per_layer=1,
        n_filters=6,
        skip=True,
        gated=True,
        learn_top_prior=True,
        num_output_mixtures=2,
    )
    return LVAEConfig(**{**values, **changes})


def random_images(config, count, seed=0):
    """Integers 0 … levels − 1 of a model's size."""
    shape = (count, *config.image_size, config.image_channels)
    return np.random.default_rng(seed).integers(0, config.levels, shape).astype("uint8")


def randomize(model, scale=0.3, seed=0):
    """Give every weight a value: zero-initialised parts must take part in a test."""
    rng = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        assign(variable, rng.standard_normal(variable.shape) * scale)
    for variable in model.non_trainable_weights:
        values = rng.uniform(0.5, 1.5, variable.shape)
        assign(variable, values if variable.name == "moving_variance" else values - 1.0)
    return model


def assign(variable, values):
    """Gives a variable NumPy's values; of another type, JAX compiles the change for every shape."""
    variable.assign(values.astype(variable.dtype))


def normal_noise(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal(shape).astype("float32") for shape in shapes)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory):
    """The folder of a run of digits, with random weights."""
    from hvae.configuration.settings import to_dict
    from hvae.model import HVAE
    from utils.experiments.experiment import Experiment
    from utils.runs.run_folder import write_description

    folder = tmp_path_factory.mktemp("runs") / "small"
    folder.mkdir()
    config = tiny_config(dec_num_blocks=(2, 1), enc_num_blocks=0)
    experiment = Experiment.from_flat({"dataset": "digits", **to_dict(config)})
    write_description(folder, experiment)
    random.seed(0)
    randomize(HVAE(config), scale=0.2).save_weights(folder / "best_ema.weights.h5")
    return folder
