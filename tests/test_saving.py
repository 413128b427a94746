"""`.keras` files: what was saved is what hvae and Keras load."""

import copy
import errno
import json
import warnings
import zipfile

import keras
import numpy as np
import pytest
from keras import ops

import hvae
from hvae.errors import UserError
from hvae.model import HVAE
from tests.backend_outputs import assert_same, one_pass, outputs_of_module, untraced
from tests.conftest import (
    efficient_config,
    lvae_config,
    normal_noise,
    nvae_config,
    random_images,
    randomize,
    tiny_config,
)

#: Every family, flow and kind of weight.
CONFIGS = {
    "vdvae, attention, sylvester": tiny_config(
        use_depthwise_attention=True,
        query_width=3,
        flow_type="sylvester",
        num_flows=1,
        flow_in_ch=2,
        num_ortho_vecs=4,
    ),
    "efficient_vdvae, conv_sylvester": efficient_config(
        down_n_blocks_per_res=(0, 0, 0),
        flow_type="conv_sylvester",
        num_flows=(0, 0, 1),
        convsylv_channels=4,
        convsylv_stage_limit=1,
    ),
    "nvae, iaf": nvae_config(initial_splits_per_scale=1, flow_type="iaf", num_flows=1),
    "lvae, dropout": lvae_config(dropout=0.3),
}


@pytest.fixture(scope="module", autouse=True)
def _untraced():
    with untraced():
        yield


@pytest.fixture(scope="module")
def models():
    return {name: randomize(HVAE(config), scale=0.15) for name, config in CONFIGS.items()}


@pytest.fixture(scope="module")
def outputs(models):
    return {name: one_pass(model) for name, model in models.items()}


@pytest.fixture(scope="module")
def folder(models, outputs, tmp_path_factory):
    """One folder for each model, and in it the model, saved after it was used."""
    folder = tmp_path_factory.mktemp("models")
    for name, model in models.items():
        (folder / name).mkdir()
        hvae.save_model(model, folder / name / "model.keras")
        assert [path.name for path in (folder / name).iterdir()] == ["model.keras"]
    return folder


def load(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return keras.saving.load_model(path)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_model_comes_back(name, models, outputs, folder):
    model, loaded = models[name], load(folder / name / "model.keras")
    assert type(loaded) is HVAE and loaded.config == model.config and not loaded.compiled
    assert loaded.name == model.name
    # Those of dropout's random numbers too.
    assert len(loaded.variables) == len(model.variables)
    for value, expected in zip(loaded.layer_variables, model.layer_variables):
        np.testing.assert_array_equal(ops.convert_to_numpy(value), ops.convert_to_numpy(expected))
    for key, values in one_pass(loaded).items():
        np.testing.assert_array_equal(values, outputs[name][key])


@pytest.mark.parametrize(
    ("backend", "reader"), [("jax", "hvae"), ("tensorflow", "keras"), ("openvino", "hvae")]
)
def test_other_backends_load_them(backend, reader, outputs, folder):
    results = outputs_of_module(backend, folder, "tests.loaded_outputs", reader)
    assert set(results) == set(outputs)
    for name, result in results.items():
        assert_same(result, outputs[name])


def test_dropout_goes_on_where_it_was(tmp_path):
    model = randomize(HVAE(lvae_config(dropout=0.3)), scale=0.15)
    images, noise = random_images(model.config, 3), normal_noise(model.noise_shapes(3))
    model(images, noise, training=True)
    hvae.save_model(model, tmp_path / "model.keras")
    elbos = [
        ops.convert_to_numpy(m(images, noise, training=True).elbo)
        for m in (model, load(tmp_path / "model.keras"))
    ]
    np.testing.assert_array_equal(*elbos)


def test_the_dtype_policy_is_kept(tmp_path):
    model = randomize(HVAE(tiny_config(), dtype="mixed_bfloat16"), scale=0.15)
    hvae.save_model(model, tmp_path / "model.keras")
    loaded = load(tmp_path / "model.keras")
    layers = (loaded, loaded.encoder, loaded.decoder, *loaded.decoder.blocks)
    assert {layer.dtype_policy.name for layer in layers} == {"mixed_bfloat16"}
    assert {weight.dtype for weight in loaded.weights} == {"float32"}
    outputs = one_pass(model)
    for key, values in one_pass(loaded).items():
        np.testing.assert_array_equal(values, outputs[key])


def test_a_configuration_stays_what_it_was():
    values = HVAE(tiny_config()).get_config()
    kept = copy.deepcopy(values)
    assert HVAE.from_config(values).config == tiny_config()
    assert values == kept


def test_to_build_it_again_changes_nothing(models):
    for model in models.values():
        before = model.weights
        with warnings.catch_warnings(action="error"):
            model.build_from_config(model.get_build_config())
        assert model.weights == before


def test_a_field_of_another_version_is_named(folder, tmp_path):
    path = tmp_path / "newer.keras"
    with (
        zipfile.ZipFile(folder / "lvae, dropout" / "model.keras") as old,
        zipfile.ZipFile(path, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                values = json.loads(content)
                values["config"]["config"]["zdim"] = [2]
                content = json.dumps(values).encode()
            new.writestr(name, content)
    with pytest.raises(UserError, match="unknown key zdim; did you mean zdims?"):
        keras.saving.load_model(path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("model.h5", "path: must end in .keras. Received: .*model.h5"),
        ("model", "path: must end in .keras. Received: .*model"),
        ("nowhere/model.keras", "could not write .*model.keras .No such .*; nothing was written"),
        ("file/model.keras", "could not write .*model.keras .Not a directory.; nothing"),
        ("folder.keras", "could not write .*folder.keras .Is a directory."),
    ],
)
def test_where_no_file_can_be_is_refused(models, tmp_path, path, message):
    (tmp_path / "file").touch()
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(UserError, match=message):
        hvae.save_model(models["nvae, iaf"], tmp_path / path)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["file", "folder.keras"]


@pytest.mark.parametrize("other", [None, tiny_config(), keras.layers.Dense(1)])
def test_only_an_hvae_is_saved(tmp_path, other):
    with pytest.raises(
        UserError, match=f"model: must be an HVAE. Received: {type(other).__name__}"
    ):
        hvae.save_model(other, tmp_path / "model.keras")


def test_the_older_file_stays_when_the_disk_is_full(models, tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_text("older")

    def fill_the_disk(_, path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(HVAE, "save", fill_the_disk)
    with pytest.raises(UserError, match="No space left on device.; what was there is untouched"):
        hvae.save_model(models["nvae, iaf"], path)
    assert path.read_text() == "older" and list(tmp_path.iterdir()) == [path]
