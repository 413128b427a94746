"""`HVAE` as a model of Keras: compiled, fitted, evaluated, saved, shown, part of others."""

import random

import h5py
import keras
import numpy as np
import pytest
from keras import ops

import hvae
from hvae.errors import UserError
from hvae.files.weights import load_weights
from hvae.model import HVAE, HVAEOutput
from tests.backend_outputs import assert_same, outputs_under, predicted, save, untraced
from tests.conftest import (
    efficient_config,
    lvae_config,
    normal_noise,
    nvae_config,
    one_block_config,
    random_images,
    randomize,
    tiny_config,
)
from tests.harness import compiled

pytestmark = pytest.mark.every_backend

FAMILIES = {
    "vdvae, sylvester": tiny_config(
        flow_type="sylvester", num_flows=1, flow_in_ch=2, num_ortho_vecs=4
    ),
    "efficient_vdvae": efficient_config(down_n_blocks_per_res=(0, 0, 0)),
    "nvae": nvae_config(initial_splits_per_scale=1),
    "lvae, dropout": lvae_config(dropout=0.3),
}
SMALL = one_block_config()
NUM_DIMS = 64


def to_numpy(value):
    return ops.convert_to_numpy(value)


def striped(count):
    """Images that a model can learn quickly: all alike but for a few pixels."""
    images = np.tile(np.arange(8, dtype="uint8"), (count, 8, 1))[..., None]
    images[:, ::3, ::3] += random_images(tiny_config(), count)[:, ::3, ::3] % 2
    return images


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A model, what `fit` reported, and the file of its best epoch."""
    random.seed(0)
    path = tmp_path_factory.mktemp("fitted") / "best.keras"
    model = HVAE(SMALL)
    model.compile(optimizer=keras.optimizers.Adamax(0.01))
    history = model.fit(
        striped(32),
        validation_data=striped(8),
        batch_size=8,
        epochs=4,
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping("val_elbo", mode="max", restore_best_weights=True),
            keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True),
        ],
    )
    # Each of the 4 batches of the 4 epochs has drawn the noise of one block, validation none.
    np.testing.assert_array_equal(to_numpy(model.noise_seeds.state), [0, 16])
    return model, history.history, path


@pytest.fixture
def model(fitted):
    return fitted[0]


@pytest.fixture(scope="module")
def called(fitted):
    """What `model` is, as a function of images: one program under JAX."""
    return compiled(fitted[0], fitted[0])


def test_fit_minimises_the_negative_elbo_in_nats_per_dimension(fitted):
    model, history, _ = fitted
    names = {"loss", "elbo", "nll", "kl"}
    assert set(history) == names | {f"val_{name}" for name in names}
    for prefix in ("", "val_"):
        loss, elbo, nll, kl = (
            np.array(history[prefix + name]) for name in ("loss", "elbo", "nll", "kl")
        )
        np.testing.assert_allclose(loss, -elbo, rtol=1e-5)
        np.testing.assert_allclose(loss, nll + kl, rtol=1e-5)
        assert (np.diff(loss) < -0.01).all()
    last = model.evaluate(striped(8), batch_size=8, return_dict=True, verbose=0)
    output = model.predict(striped(8), batch_size=8, verbose=0)
    for name, nats in (("elbo", output.elbo), ("nll", output.nll), ("kl", output.kl.sum(axis=1))):
        np.testing.assert_allclose(last[name], nats.mean() / NUM_DIMS, rtol=1e-5)
    np.testing.assert_allclose(last["elbo"], max(history["val_elbo"]), rtol=1e-5)


def test_predict_gives_what_call_gives_as_arrays(model, called):
    images = striped(12)
    output = model.predict(images, batch_size=8, verbose=0)
    assert type(output) is HVAEOutput
    of_call = called(images)
    keras.tree.assert_same_structure(output, of_call)
    for array, tensor in zip(keras.tree.flatten(output), keras.tree.flatten(of_call)):
        assert type(array) is np.ndarray and ops.is_tensor(tensor)
        assert array.shape == tuple(tensor.shape)


def test_noise_goes_on_in_training_and_starts_anew_in_evaluation(model, called):
    images = np.repeat(striped(1), 16, axis=0)
    state = to_numpy(model.noise_seeds.state)
    first, again = (model.predict(images, batch_size=8, verbose=0).latents for _ in range(2))
    for one, other in zip(first, again):
        np.testing.assert_array_equal(one.z, other.z)
        assert len(np.unique(one.z[:, 0, 0, 0])) == 16  # others in the second batch
    values = [model.evaluate(images, batch_size=8, verbose=0) for _ in range(2)]
    assert values[0] == values[1]
    np.testing.assert_array_equal(to_numpy(model.noise_seeds.state), state)
    one, other = (to_numpy(called(images[:12]).elbo) for _ in range(2))
    assert (one != other).any()


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_makes_a_step(name):
    model = HVAE(FAMILIES[name])
    images = random_images(model.config, 4)
    assert_specification(model)
    assert_step(model, images)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(policy):
    config = tiny_config(num_scales=1, std_param="soft_clamp", use_residual_distribution=True)
    model = HVAE(config, dtype=policy)
    images = random_images(model.config, 4)
    assert_specification(model)
    assert_step(model, images)
    scales_loss = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scales_loss == (policy == "mixed_float16")


def assert_specification(model):
    """What a symbolic call promises is what tracing `call` finds."""
    inputs = keras.Input((*model.config.image_size, model.config.image_channels), dtype="uint8")
    promised, traced = model(inputs), keras.Operation.compute_output_spec(model, inputs)
    keras.tree.assert_same_structure(promised, traced)
    for latent, found in zip(promised.latents, traced.latents):
        assert type(latent.prior) is type(found.prior)
        assert type(latent.posterior) is type(found.posterior)
    for symbol, found in zip(keras.tree.flatten(promised), keras.tree.flatten(traced)):
        assert (symbol.shape, symbol.dtype) == (found.shape, found.dtype)


def assert_step(model, images):
    model.compile(optimizer="sgd")
    before = [to_numpy(v) for v in model.trainable_variables]
    with untraced():
        logs = model.train_on_batch(images, return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    moved = [(to_numpy(v) != b).any() for v, b in zip(model.trainable_variables, before)]
    assert np.mean(moved) > 0.3  # what begins behind zeros waits for the second step


def test_images_come_from_arrays_data_sets_and_loaders(model):
    import tensorflow as tf
    import torch

    images, labels = striped(16), np.arange(16)
    tensors = torch.utils.data.TensorDataset(torch.tensor(images), torch.tensor(labels))
    sources = [
        {"x": images, "batch_size": 8},
        {"x": tf.data.Dataset.from_tensor_slices(images).batch(8)},
        {"x": torch.utils.data.DataLoader(tensors, batch_size=8)},
    ]
    results = [model.evaluate(**source, verbose=0) for source in sources]
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-6)
    weights = model.get_weights()
    for source in sources[1:]:
        model.set_weights(weights)
        model.fit(**source, verbose=0)
        assert any((w != old).any() for w, old in zip(model.get_weights(), weights))
    model.set_weights(weights)


@pytest.mark.parametrize("shape", [(8,), (8, 1)])
def test_an_image_counts_by_its_weight(model, shape):
    images, weight = striped(8), np.array([0, 1, 2, 3, 0, 0, 1, 1], "float32")
    elbo = model.predict(images, verbose=0).elbo / NUM_DIMS
    result = model.evaluate(
        images, np.zeros(8), sample_weight=weight.reshape(shape), verbose=0, return_dict=True
    )
    np.testing.assert_allclose(result["loss"], -(elbo * weight).mean(), rtol=1e-5)
    np.testing.assert_allclose(result["elbo"], np.average(elbo, weights=weight), rtol=1e-5)


def test_the_file_of_a_fitted_model_goes_on_where_it_was(fitted, tmp_path):
    model, history, path = fitted
    loaded = hvae.load_model(path)
    assert loaded.compiled and isinstance(loaded.optimizer, keras.optimizers.Adamax)
    assert int(to_numpy(loaded.optimizer.iterations.value)) > 0
    with untraced():
        result = loaded.evaluate(striped(8), batch_size=8, return_dict=True, verbose=0)
    np.testing.assert_allclose(result["elbo"], max(history["val_elbo"]), rtol=1e-5)
    # Its weights fit a model that was not compiled.
    model.save_weights(tmp_path / "fitted.weights.h5")
    other = HVAE(SMALL)
    other.load_weights(tmp_path / "fitted.weights.h5")
    for value, expected in zip(other.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(value, expected)


def test_files_of_weights_hold_weights_only_in_the_places_of_parts(tmp_path):
    model = HVAE(SMALL)
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    places = set()
    with h5py.File(path) as file:
        file["encoder"].visit(places.add)
        file["decoder"].visit(places.add)
    assert "stem/conv2d/vars/0" in places and "blocks/latent_block/variant" in places
    assert not any("layers" in place or "noise" in place for place in places)
    load_weights(HVAE(SMALL), path)  # counts the arrays too


def test_it_is_part_of_other_models(model, tmp_path):
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    output = model(inputs)
    whole = keras.Model(inputs, {"bits": -output.elbo, "z": output.latents[-1].z})
    images = striped(4)
    result = whole.predict(images, verbose=0)
    assert result["bits"].shape == (4,) and result["z"].shape == (4, 8, 8, 2)
    whole.save(tmp_path / "whole.keras")
    loaded = keras.saving.load_model(tmp_path / "whole.keras")
    for value, expected in zip(loaded.get_weights(), whole.get_weights()):
        np.testing.assert_array_equal(value, expected)
    noise = tuple(keras.Input(shape[1:]) for shape in model.noise_shapes(None))
    given = keras.Model([inputs, *noise], model(inputs, noise=noise).elbo)
    drawn = normal_noise(model.noise_shapes(4))
    expected = to_numpy(compiled(model, model)(images, drawn).elbo)
    np.testing.assert_allclose(given.predict([images, *drawn], verbose=0), expected, rtol=1e-5)


def test_a_clone_has_the_same_configuration(model):
    clone = keras.models.clone_model(model)
    assert type(clone) is HVAE and clone is not model
    assert clone.get_config() == model.get_config()
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]


@pytest.mark.parametrize("name", FAMILIES)
def test_the_summary_shows_the_blocks_and_their_shapes(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    model, lines = HVAE(FAMILIES[name]), []
    model.summary(print_fn=lines.append, expand_nested=True, line_length=200)
    rows = [line for text in lines for line in text.splitlines() if line.startswith("│")]
    for i, scale in enumerate(model.config.latent_scales):
        name = model.decoder.blocks[i].name
        shape = (None, *scale.size, scale.z_width)
        assert any(f" {name} " in row and str(shape) in row for row in rows), name
    blocks = sum(len(blocks) for blocks in model.encoder.blocks)
    assert len(rows) > blocks + len(model.decoder.blocks)
    assert not any("│ ?" in row for row in rows)
    parameters = str((None, *model.config.padded_size, model.likelihood.num_parameters))
    assert any("(Decoder)" in row and parameters in row for row in rows)


def test_it_can_be_drawn(model):
    assert "HVAE" in keras.utils.model_to_dot(model).to_string()
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    whole = HVAE(SMALL)(inputs)
    drawn = keras.utils.model_to_dot(keras.Model(inputs, whole.elbo), show_shapes=True).to_string()
    assert "Input shape: <b>(None, 8, 8, 1)" in drawn and "(None, 8, 8, 6)" in drawn


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "mse"}, "loss: must be left out: .* Received: mse"),
        ({"metrics": ["mae"]}, "metrics: must be left out: .* Received: .'mae'."),
    ],
)
def test_other_losses_are_refused(options, message):
    with pytest.raises(UserError, match=message):
        HVAE(SMALL).compile("adam", **options)


def test_wrong_images_are_refused(model):
    with pytest.raises(UserError, match="images: must be integers 0 to 16. Received: float32"):
        model.evaluate(striped(8) / 16, batch_size=8, verbose=0)


def test_hdf5_is_refused(model, tmp_path):
    with pytest.raises(UserError, match="filepath: .* must end in .keras. Received: .*m.h5"):
        model.save(tmp_path / "m.h5")


def test_channels_first_is_refused():
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(UserError, match="must be channels_last .* Received: channels_first"):
            HVAE(SMALL)
    finally:
        keras.config.set_image_data_format("channels_last")


@pytest.mark.tensorflow
def test_openvino_predicts_the_same_and_does_nothing_else(tmp_path):
    model = randomize(HVAE(tiny_config()), scale=0.15)
    save(model, tmp_path / "model")
    results = outputs_under("openvino", predicted, tmp_path)["model"]
    assert_same(results, predicted(model))
