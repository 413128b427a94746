import keras
import numpy as np
import pytest
import yaml
from keras import ops

import hvae
from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.files.weights import save_weights
from hvae.model import HVAE
from tests.conftest import normal_noise, random_images, randomize, tiny_config


@pytest.fixture
def run(tmp_path):
    """A run's folder with two kinds of weights."""
    values = {"dataset": "digits", "epochs": 3, **to_dict(tiny_config())}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(values))
    for seed, name in enumerate(("best_ema", "best_raw")):
        model = randomize(HVAE(tiny_config()), seed=seed)
        save_weights(model, tmp_path / f"{name}.weights.h5")
    return tmp_path


def test_loads_the_weights_that_were_asked_for(run):
    images = random_images(tiny_config(), 2)
    for seed, weights in enumerate(("ema", "raw")):
        model = hvae.load_model(run, weights=weights)
        noise = normal_noise(model.noise_shapes(2))
        expected = randomize(HVAE(tiny_config()), seed=seed)(images, noise).elbo
        np.testing.assert_array_equal(
            ops.convert_to_numpy(model(images, noise).elbo), ops.convert_to_numpy(expected)
        )


def test_loads_a_keras_file(run):
    model = randomize(HVAE(tiny_config()))
    hvae.save_model(model, run / "model.keras")
    loaded = hvae.load_model(run / "model.keras")
    assert type(loaded) is HVAE
    for value, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_a_keras_file_that_is_none_is_refused(run):
    path = run / "model.keras"
    with pytest.raises(UserError, match="no such file: .*model.keras"):
        hvae.load_model(path)
    path.write_bytes(b"PK nothing")
    with pytest.raises(UserError, match="model.keras is damaged or no model of Keras") as error:
        hvae.load_model(path)
    assert "\n" not in str(error.value)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(UserError, match="must hold an HVAE. Received: Sequential"):
        hvae.load_model(path)


def test_what_is_no_run_is_refused_with_what_is_missing(run, tmp_path_factory):
    with pytest.raises(UserError, match="no such run: nowhere"):
        hvae.load_model("nowhere")
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(UserError, match="is not a run: config.yaml is missing"):
        hvae.load_model(empty)
    with pytest.raises(UserError, match="is incomplete: latest_ema.weights.h5 is missing"):
        hvae.load_model(run, moment="latest")
    with pytest.raises(UserError, match="weights: allowed are ema, raw. Received: best"):
        hvae.load_model(run, weights="best")


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
def test_damaged_weights_are_named(run, keep):
    path = run / "best_ema.weights.h5"
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(UserError, match="best_ema.weights.h5 is damaged or belongs to another"):
        hvae.load_model(run)


@pytest.mark.parametrize("other", [{"z_width": 3}, {"dec_num_blocks": 2}, {"output_blocks": 2}])
def test_weights_of_another_model_are_refused(run, other):
    """Also those that hold all that the model has, and more."""
    randomize(HVAE(tiny_config(**other))).save_weights(run / "best_ema.weights.h5")
    with pytest.raises(UserError, match="best_ema.weights.h5 .*belongs to another model"):
        hvae.load_model(run)


def test_a_field_that_was_changed_by_hand_is_named(run):
    """Also one without which the weights would fit."""
    path = run / "config.yaml"
    text = path.read_text()
    for before, after, name in (
        ("std_param: softplus", "std_param: exp", "std_param was softplus"),
        ("z_out_width: 8", "z_out_width: 9", "z_out_width was 8"),
    ):
        assert before in text
        path.write_text(text.replace(before, after))
        with pytest.raises(UserError, match=f"config.yaml was changed: {name} when the weights"):
            hvae.load_model(run)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z_width: [", "config.yaml is not valid YAML"),
        ("just text", "config.yaml: must hold names and values. Received: .just text"),
        ("z_width: [2]", "config.yaml is damaged: model_family is missing"),
        (
            "model_family: vdvae\nz_width: [2]",
            "config.yaml is damaged: .*num_scales.* is missing",
        ),
    ],
)
def test_a_damaged_configuration_is_named(run, text, message):
    (run / "config.yaml").write_text(text)
    with pytest.raises(UserError, match=message) as error:
        hvae.load_model(run)
    assert "\n" not in str(error.value)
