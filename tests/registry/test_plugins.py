"""Files of the user's own: executed when told, and then as good as the package's."""

import json

import numpy as np
import pytest
from keras import ops

import hvae
from hvae.config import ModelConfig
from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.families import CONFIGS
from hvae.files.run_files import CONFIG
from hvae.flows.posterior import flow_types
from hvae.likelihoods import LIKELIHOODS, get_likelihood
from hvae.loading import read_model_config
from hvae.model import HVAE
from hvae.registry.plugins import keep_plugins, kept_plugins
from tests.conftest import normal_noise, random_images, randomize, tiny_config
from tests.harness import compiled
from tests.plugins import as_in_a_new_process, documented_plugin

FLOW = '''
import hvae
from hvae.flows.base import Flow, FlowOutput
from keras import ops


@hvae.register_flow("mirror")
class Mirror(Flow):
    """z' = -z."""

    def call(self, z, context=None):
        return FlowOutput(-z, ops.zeros_like(z[:, 0, 0, 0]))
'''
FAMILY = '''
import dataclasses

import hvae
from hvae.configuration.settings import setting
from hvae.families.vdvae.config import VDVAEConfig
from hvae.families.vdvae.family import VDVAE


@dataclasses.dataclass(frozen=True)
class WideConfig(VDVAEConfig):
    model_family = "wide"

    times: int = setting(2, "convolutions at the start of the encoder", group="wide", minimum=1)


@hvae.register_family("wide", WideConfig)
class Wide(VDVAE):
    """A VDVAE whose encoder starts with more convolutions."""

    def stem(self, scale):
        convolutions = []
        for _ in range(self.config.times):
            convolutions += super().stem(scale)
        return convolutions
'''


@pytest.fixture(autouse=True)
def _new_process():
    with as_in_a_new_process():
        yield


@pytest.fixture
def write(tmp_path):
    """Function from a text to the path of the plugin with it."""

    def write(text, name="mine.py"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def laplace(write):
    return write(documented_plugin(), "laplace.py")


@pytest.mark.every_backend
def test_the_documented_likelihood_is_a_distribution(laplace, rng):
    lines = documented_plugin().splitlines()
    assert sum(bool(line) for line in lines) == 30  # as the documentation says
    hvae.load_plugin(laplace)
    likelihood = get_likelihood(tiny_config(likelihood="laplace"))
    parameters = 3.0 * rng.standard_normal((1, 1, 1, 2)).astype("float32")
    levels = np.arange(likelihood.levels).reshape(-1, 1, 1, 1)
    many = np.repeat(parameters, len(levels), axis=0)
    nll = compiled(likelihood.nll)(many, levels.astype("uint8"))
    probabilities = np.exp(-ops.convert_to_numpy(nll))
    np.testing.assert_allclose(probabilities.sum(), 1.0, rtol=1e-5)
    mode = likelihood.unscale(likelihood.mode(parameters))
    assert ops.convert_to_numpy(mode).item() == probabilities.argmax()
    mean = ops.convert_to_numpy(likelihood.mean(parameters)).item()
    np.testing.assert_allclose(mean, probabilities @ levels.ravel() / 16, rtol=1e-4)
    many = np.repeat(parameters, 4000, axis=0)
    uniforms = {
        k: rng.random(s).astype("float32") for k, s in likelihood.noise_shapes(4000, 1, 1).items()
    }
    samples = compiled(likelihood.sample)(many, uniforms)
    drawn = ops.convert_to_numpy(likelihood.unscale(samples)).ravel()
    counts = np.bincount(drawn, minlength=len(levels)) / 4000
    assert np.abs(counts - probabilities).max() < 0.04


def test_a_model_with_it_runs(laplace):
    hvae.load_plugin(laplace)
    config = tiny_config(likelihood="laplace")
    model = randomize(HVAE(config), scale=0.2)
    output = model(random_images(config, 2), normal_noise(model.noise_shapes(2)))
    assert np.isfinite(ops.convert_to_numpy(output.elbo)).all()


def test_a_flow(write):
    hvae.load_plugin(write(FLOW))
    assert flow_types()[-1] == "mirror"
    config = tiny_config(flow_type="mirror", num_flows=1)
    model = randomize(HVAE(config), scale=0.2)
    noise = normal_noise(model.noise_shapes(2))
    for latent, drawn in zip(model(random_images(config, 2), noise).latents, noise):
        expected = -ops.convert_to_numpy(latent.posterior.sample(drawn))
        np.testing.assert_allclose(ops.convert_to_numpy(latent.z), expected, atol=1e-6)


def test_a_family_with_a_field_of_its_own(write):
    hvae.load_plugin(write(FAMILY))
    values = {**to_dict(tiny_config()), "model_family": "wide", "times": 3}
    config = ModelConfig.from_dict(values)
    assert type(config) is CONFIGS["wide"] and to_dict(config)["model_family"] == "wide"
    assert len(HVAE(config).encoder.stem) == 3
    with pytest.raises(
        UserError, match="times: only model_family wide reads it. Received: .*vdvae"
    ):
        ModelConfig.from_dict({**values, "model_family": "vdvae"})


@pytest.mark.parametrize(
    "change",
    [('model_family = "wide"', "pass"), ("@dataclasses.dataclass(frozen=True)", "")],
    ids=["another family", "no dataclass"],
)
def test_the_configuration_of_a_family_must_be_its_own(write, change):
    with pytest.raises(UserError, match="model_family wide: WideConfig must be a dataclass with"):
        hvae.load_plugin(write(FAMILY.replace(*change)))
    assert "wide" not in CONFIGS.names()


WRONG = {
    "missing": (None, "must be a file of Python, NAME.py. Received: .*mine.py"),
    "syntax": ("x = (\n", "mine.py, line 1: SyntaxError: "),
    "failure": ("x = 1\n\ny = x / 0\n", "mine.py, line 3: ZeroDivisionError: division by zero"),
    "inside": ("def f():\n    [][0]\nf()\n", "mine.py, line 2: IndexError"),
    "import": ("import nowhere_at_all\n", "mine.py, line 1: ModuleNotFoundError: No module named"),
    "bytes": (b"\xff\xfe", "mine.py cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_fails_is_one_line_that_says_where(case, tmp_path):
    text, message = WRONG[case]
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=message) as error:
        hvae.load_plugin(path)
    assert str(error.value).startswith("plugin: ") and "\n" not in str(error.value)


def test_what_a_registry_refuses_is_said_as_it_is(write):
    text = documented_plugin().replace(
        'register_likelihood("laplace")', 'register_likelihood("dmol")'
    )
    with pytest.raises(
        UserError, match="^likelihood dmol: the name is taken, by hvae.likelihoods$"
    ):
        hvae.load_plugin(write(text))


def test_it_may_have_the_name_of_a_package(write):
    hvae.load_plugin(write(documented_plugin(), "keras.py"))
    import keras

    assert hasattr(keras, "Model") and "laplace" in LIKELIHOODS.names()


def test_once_more_it_takes_its_own_place_but_not_that_of_another(laplace, tmp_path):
    hvae.load_plugin(laplace)
    first = LIKELIHOODS["laplace"]
    hvae.load_plugin(laplace)
    assert LIKELIHOODS["laplace"] is not first
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "laplace.py"
    copy.write_text(documented_plugin())
    hvae.load_plugin(copy)
    copy.write_text(documented_plugin() + "# another\n")
    hvae.load_plugin(copy)
    with pytest.raises(
        UserError, match="laplace.py has the name of .*copy/laplace.py, and another"
    ):
        hvae.load_plugin(laplace)


def test_a_run_says_what_to_type_and_runs_nothing_unasked(laplace, tmp_path):
    marker = tmp_path / "executed"
    laplace.write_text(f"{documented_plugin()}\nopen({str(marker)!r}, 'a').close()\n")
    run = tmp_path / "run"
    run.mkdir()
    with as_in_a_new_process():
        keep_plugins(run, (hvae.load_plugin(laplace),))
        values = to_dict(tiny_config(likelihood="laplace"))
    (run / CONFIG).write_text(json.dumps(values))
    (copy,) = kept_plugins(run)
    assert copy.read_text() == laplace.read_text()
    marker.unlink()
    with pytest.raises(UserError) as error:
        read_model_config(run)
    assert not marker.exists()
    assert "likelihood: allowed are " in str(error.value) and "\n" not in str(error.value)
    assert str(error.value).endswith(f'runs only when you say so: hvae.load_plugin("{copy}")')
    hvae.load_plugin(copy)
    assert marker.exists() and read_model_config(run).likelihood == "laplace"


def test_other_mistakes_of_a_run_without_plugins_are_as_before(tmp_path):
    (tmp_path / CONFIG).write_text("model_family: vae\n")
    with pytest.raises(UserError, match="Received: vae$"):
        read_model_config(tmp_path)
