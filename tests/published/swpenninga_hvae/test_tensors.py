"""Files as Keras writes them of a model with that code's parts, and their numbers."""

import dataclasses

import keras
import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.published.swpenninga_hvae.tensors import SwpenningaHVAE
from hvae.published.swpenninga_hvae.yaml_file import DEFAULTS
from tests.conftest import assign, random_images, tiny_config
from tests.harness import compiled
from tests.published.openai_vdvae.test_tensors import assert_close
from tests.published.swpenninga_hvae.stand_in import VAE, VAETrainer


@pytest.fixture(scope="module")
def config():
    return tiny_config(
        image_size=(4, 4),
        image_channels=3,
        levels=256,
        num_scales=3,
        stage_in_width=(8, 6, 6),
        enc_middle_width=(4,),
        dec_middle_width=(4,),
        z_width=(3, 2, 2),
        enc_num_blocks=(2, 1, 1),
        dec_num_blocks=(2, 0, 1),
        output_blocks=2,
        z_out_width=6,
        z_out_middle_width=4,
        num_output_mixtures=2,
    )


@pytest.fixture(scope="module")
def written(config, tmp_path_factory):
    """A file of training, one of its model, and what this gives for images and noise."""
    rng = np.random.default_rng(0)
    images = random_images(config, 2)
    noise = [
        rng.standard_normal(shape).astype("float32")
        for shape in ((2, 1, 1, 2), (2, 4, 4, 3), (2, 4, 4, 3))
    ]
    vae = VAE(out_width=20)
    trainer = VAETrainer(vae)
    scaled = images.astype("float32") / 127.5 - 1.0
    # Builds it: with symbols, since JAX would compile each operation for arrays.
    trainer(*keras.tree.map_structure(lambda x: keras.Input(batch_shape=x.shape), (scaled, noise)))
    for variable in vae.trainable_variables:
        assign(variable, 0.3 * rng.standard_normal(variable.shape))
    outputs = [ops.convert_to_numpy(value) for value in compiled(trainer, trainer)(scaled, noise)]
    folder = tmp_path_factory.mktemp("written")
    of_training, of_model = (folder / f"{name}.weights.h5" for name in ("training", "model"))
    vae.save_weights(of_model)
    trainer.compile(optimizer=keras.optimizers.Adamax(use_ema=True))
    trainer.optimizer.build(vae.trainable_variables)
    trainer.save_weights(of_training)
    return of_training, of_model, images, noise, outputs


@pytest.mark.every_backend
def test_numbers_agree(config, written):
    *paths, images, noise, (parameters, kl) = written
    tensors = [SwpenningaHVAE().load(path).tensors["raw"] for path in paths]
    model, same = (SwpenningaHVAE().read(values, config) for values in tensors)
    for value, expected in zip(same.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(value, expected)
    output = compiled(model, model)(images, noise)
    assert_close(output.parameters, parameters)
    assert_close(output.kl, kl)


def test_a_weight_that_does_not_fit_is_named(config, written):
    tensors = SwpenningaHVAE().load(written[0]).tensors["raw"]
    name = next(name for name in tensors if name.endswith("dec_block_1/q/c2/vars/0"))
    named = name[name.index("decoder/") :]
    missing = {k: v for k, v in tensors.items() if k != name}
    for wrong, message in (
        (missing, f"lacks {named}"),
        ({**tensors, "decoder/surplus/vars/0": np.zeros(3)}, "has decoder/surplus/vars/0, for"),
        ({**tensors, name: tensors[name][..., :1]}, f"{named} does not fit"),
    ):
        with pytest.raises(UserError, match=message):
            SwpenningaHVAE().read(wrong, config)


def test_layers_that_are_others_there_are_refused(config):
    changed = dataclasses.replace(config, depthwise=True)
    with pytest.raises(UserError, match="depthwise: weights .* with False. Received: True"):
        SwpenningaHVAE().read({}, changed)


@pytest.mark.parametrize("dataset", ["mnist", "cifar10", "imagenet32"])
def test_hyper_parameters_of_its_command_line(dataset):
    """The parts are asked for by name: the first of them is missing from an empty file."""
    with pytest.raises(UserError, match="lacks encoder/first_conv/vars/0"):
        small = {"stage_in_width": [8], "enc_num_blocks": [0], "dec_num_blocks": [1, 0, 0, 0, 0, 1]}
        SwpenningaHVAE().read({}, {**DEFAULTS, **small, "dataset": dataset})


def test_a_damaged_file_is_one_line(tmp_path):
    (tmp_path / "model.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(20))
    with pytest.raises(UserError, match="is damaged or holds more than tensors"):
        SwpenningaHVAE().load(tmp_path / "model.weights.h5")
