"""The Ladder VAE as a whole."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.families.lvae import LVAEConfig
from hvae.files.weights import load_weights
from hvae.model import HVAE
from tests.conftest import lvae_config, normal_noise, random_images, randomize
from tests.harness import assert_every_weight_matters, compiled

VARIANTS = {
    "all": {},
    "least": {
        "skip": False,
        "gated": False,
        "batch_norm": False,
        "learn_top_prior": False,
        "merge_layers": "linear",
        "dropout": 0.0,
        "residual_type": "cabdcabd",
    },
    "odd size, three layers": {
        "image_size": (7, 13),
        "zdims": (2, 3, 2),
        "downsample": (0, 1, 2),
        "blocks_per_layer": 2,
        "nonlin": "leakyrelu",
        "residual_type": "bacdbac",
    },
    "one layer, rgb": {
        "zdims": (3,),
        "downsample": (1,),
        "image_channels": 3,
        "levels": 256,
        "no_initial_downscaling": True,
        "analytical_kl": False,
    },
}


def to_numpy(value):
    return ops.convert_to_numpy(value)


@pytest.fixture(scope="module", params=VARIANTS, ids=list(VARIANTS))
def model(request):
    return randomize(HVAE(lvae_config(**VARIANTS[request.param])))


def numbers(model):
    output = model(random_images(model.config, 2), normal_noise(model.noise_shapes(2)))
    return [to_numpy(value) for value in (output.elbo, output.nll, output.kl, output.parameters)]


def test_terms_add_up(model):
    elbo, nll, kl, parameters = numbers(model)
    np.testing.assert_allclose(elbo, -nll - kl.sum(axis=1), rtol=1e-5)
    assert (kl > 0).all() or not model.config.analytical_kl
    size = (*model.config.image_size, model.likelihood.num_parameters)
    assert parameters.shape == (2, *size)


def test_posterior_latents_decode_to_the_same_parameters(model):
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))
    output = model(images, noise)
    decoded = model.top_down(noise, latents=[latent.z for latent in output.latents]).parameters
    np.testing.assert_allclose(to_numpy(decoded), to_numpy(output.parameters), rtol=1e-4, atol=1e-4)


def test_weights_survive_a_file(model, tmp_path):
    path = tmp_path / "model.weights.h5"
    for weight in model.non_trainable_weights:
        weight.assign(np.random.default_rng(1).uniform(0.5, 1.0, weight.shape))
    model.save_weights(path)
    copy = HVAE(model.config)
    load_weights(copy, path)
    for a, b in zip(numbers(model), numbers(copy)):
        np.testing.assert_array_equal(a, b)


def test_configuration_round_trip(model):
    copy = HVAE.from_config(model.get_config())
    assert copy.config == model.config
    assert [v.shape for v in copy.variables] == [v.shape for v in model.variables]


@pytest.mark.every_backend
def test_only_training_moves_the_statistics():
    model = HVAE(lvae_config())
    images, noise = random_images(model.config, 4), normal_noise(model.noise_shapes(4))
    statistics = [weight for weight in model.non_trainable_weights if "moving" in weight.name]
    assert len(statistics) == 2 * sum(
        isinstance(layer, keras.layers.BatchNormalization) for layer in model._flatten_layers()
    )
    for training in (None, False, True):
        before = [to_numpy(value) for value in statistics]
        compiled(functools.partial(model, training=training), model)(images, noise)
        moved = [(to_numpy(value) != old).any() for value, old in zip(statistics, before)]
        assert all(moved) if training else not any(moved)


@pytest.mark.every_backend
def test_dropout_acts_in_training_only():
    model = randomize(HVAE(lvae_config(batch_norm=False, dropout=0.5)))
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))
    elbos = []
    for training in (False, True):
        run = compiled(functools.partial(model, training=training), model)
        elbos.append([to_numpy(run(images, noise).elbo) for _ in range(2)])
    np.testing.assert_array_equal(*elbos[False])
    assert (elbos[True][0] != elbos[True][1]).any()


def test_the_padding_does_not_reach_the_parameters_net():
    """Beside the image is nothing: its edge is that of a black frame of features."""
    model = randomize(HVAE(lvae_config(image_size=(6, 5))))
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))
    expected = to_numpy(model(images, noise).parameters)
    *chain, mask, output_layer = model.decoder.head.chain
    *_, last, _ = model.decoder.walk(noise, activations=model.bottom_up(images))
    features = last.state
    for layer in chain:
        features = layer(features)
    assert tuple(features.shape[1:3]) == (8, 8) and mask.image_size == (6, 5)
    result = to_numpy(output_layer(features[:, 1:7, 1:6, :]))
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def test_sizes_of_the_layers():
    config = lvae_config(
        image_size=(28, 20), zdims=(1, 2, 3), downsample=(0, 1, 2), blocks_per_layer=2
    )
    assert config.padded_size == (32, 32)
    assert [str(scale) for scale in config.scales] == ["16x16", "8x8", "2x2"]
    assert [scale.z_width for scale in config.latent_scales] == [3, 2, 1]
    full = lvae_config(image_size=(28, 20), no_initial_downscaling=True)
    assert full.padded_size == (28, 20)
    assert [str(scale) for scale in full.scales] == ["14x10", "7x5"]


def test_it_builds_with_defaults_for_the_rest():
    model = HVAE(LVAEConfig())
    assert [str(scale) for scale in model.config.latent_scales] == ["2x2", "4x4", "8x8"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"downsample": (1,)}, "downsample: needs 2 values, as many as zdims. Received: 1"),
        (
            {"downsample": (1, 2)},
            r"downsample: must be at most blocks_per_layer, 1. Received: \[1, 2\]",
        ),
        ({"dropout": 1.0}, "dropout: must be less than 1. Received: 1.0"),
        ({"n_filters": 0}, "n_filters: must be at least 1. Received: 0"),
        ({"nonlin": "gelu"}, "nonlin: allowed are elu, leakyrelu, relu, selu. Received: gelu"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        lvae_config(**changes)


def test_every_weight_matters(model):
    images, noise = random_images(model.config, 2), normal_noise(model.noise_shapes(2))

    def outputs():
        output = model(images, noise, training=True)
        return [output.parameters, *(latent.kl for latent in output.latents)]

    assert_every_weight_matters(outputs, model.trainable_variables)


def test_every_weight_trains():
    """And all that batch normalisation follows."""
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    model = HVAE(lvae_config())
    config = TrainingConfig(batch_size=8, learning_rate=1e-2, lr_warmup_epochs=0, weight_decay=0.0)
    trainer = Trainer(model, config, updates_per_epoch=2, jit=False)
    before = [to_numpy(weight) for weight in model.weights]
    results = [trainer.train_batch(random_images(model.config, 8)) for _ in range(2)]
    assert all(np.isfinite(result.nll) and not result.skipped for result in results)
    for weight, old in zip(model.weights, before):
        assert (to_numpy(weight) != old).any(), weight.path
