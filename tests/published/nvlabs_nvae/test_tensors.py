"""Published weights give published numbers."""

import argparse
import fractions
import json

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.likelihoods.base import sum_over_image
from hvae.published.nvlabs_nvae.hyperparameters import nvlabs_nvae_config
from hvae.published.nvlabs_nvae.normalized_weights import NormalizedWeights
from hvae.published.nvlabs_nvae.places import assign_places
from hvae.published.nvlabs_nvae.tensors import NVlabsNVAE
from tests.harness import compiled
from tests.published.openai_vdvae.test_tensors import assert_close, noise_of


@pytest.fixture(scope="module")
def reference(golden):
    d = golden("nvlabs_nvae_tiny.npz")
    state = {k.removeprefix("state/"): d[k] for k in d.files if k.startswith("state/")}
    return d, state, json.loads(str(d["args_json"]))


@pytest.fixture(scope="module")
def model(reference):
    _, state, args = reference
    return NVlabsNVAE().read(state, args)


@pytest.mark.every_backend
def test_numbers_agree(reference, model):
    d, _, _ = reference
    output = compiled(lambda *noise: model(d["x_uint8"], noise), model)(*noise_of(d, "noise/"))
    assert_close(output.parameters, d["logits"])
    assert_close(output.nll, d["nll_nats"])
    assert_close(output.kl, d["kl_nats_per_block"])
    log_ratio = sum(
        ops.convert_to_numpy(sum_over_image(latent.log_ratio)) for latent in output.latents
    )
    assert_close(-ops.convert_to_numpy(output.nll) - log_ratio, d["log_iw_nats"])
    bits = -ops.convert_to_numpy(output.elbo).mean() / (np.log(2.0) * model.config.num_dims)
    np.testing.assert_allclose(bits, d["bits_per_dim"], rtol=1e-5)

    temperature = float(d["uncond_temperature"])
    draw = compiled(lambda *noise: model.top_down(noise, temperature=temperature), model)
    assert_close(draw(*noise_of(d, "uncond_noise/")).parameters, d["uncond_logits"])


def test_a_tensor_that_does_not_fit_is_named(reference, model):
    _, state, _ = reference
    name = "enc_tower.5.conv.log_weight_norm"
    missing = {k: v for k, v in state.items() if k != name}
    for wrong, message in (
        (missing, f"lacks {name}"),
        ({**state, "surplus.weight": np.zeros(3)}, "has surplus.weight, for which the model"),
        ({**state, name: state[name][:-1]}, f"{name} does not fit"),
    ):
        tensors = NormalizedWeights(wrong)
        with pytest.raises(UserError, match=message):
            assign_places(tensors, model)
            tensors.finish()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arch_instance": "res_elu"}, "arch_instance: allowed are res_mbconv. Received: res_elu"),
        ({"num_mixture_dec": 1}, "num_mixture_dec: allowed are 2 and more. Received: 1"),
        ({"num_x_bits": 9}, "num_x_bits: allowed are 1 to 8"),
        ({"num_postprocess_blocks": 2}, "num_postprocess_blocks: allowed are 1, as num_pre"),
        ({"num_latent_scales": 1, "num_groups_per_scale": 1}, "num_groups_per_scale: allowed"),
        ({"dataset": "stacked_mnist"}, "dataset: allowed are .* Received: stacked_mnist"),
    ],
)
def test_what_has_no_counterpart_is_refused(reference, changes, message):
    _, _, args = reference
    with pytest.raises(UserError, match=message):
        nvlabs_nvae_config({**args, **changes})


def test_a_missing_hyper_parameter_is_named(reference):
    _, _, args = reference
    with pytest.raises(UserError, match="args: use_se is missing"):
        nvlabs_nvae_config({k: v for k, v in args.items() if k != "use_se"})


def test_the_settings_of_its_readme(reference):
    """What its commands for MNIST and FFHQ change, and what old checkpoints lack."""
    _, _, args = reference
    old = {k: v for k, v in args.items() if k not in ("ada_groups", "min_groups_per_scale")}
    assert nvlabs_nvae_config(old).exponential_scaling == 1
    mnist = {"dataset": "mnist", "num_nf": 0, "use_se": False, "res_dist": False}
    config = nvlabs_nvae_config({**args, **mnist, "num_preprocess_cells": 3})
    assert config.padded_size == (32, 32) and config.image_size == (28, 28)
    assert (config.likelihood, config.levels) == ("bernoulli", 2)
    assert (config.se_ratio, config.res_dist, config.analytical_kl) == (0, False, True)
    assert (config.num_cells_per_block_prepost, config.num_postprocess_cells) == (3, 2)
    assert (config.input_mean, config.input_std) == (0.5, 0.5)
    faces = {"dataset": "ffhq", "num_x_bits": 5, "num_nf": 2, "min_groups_per_scale": 2}
    config = nvlabs_nvae_config({**args, **faces, "num_latent_scales": 3})
    assert config.image_size == (256, 256) and config.num_bits == 5
    assert config.num_flows == (2,) and not config.analytical_kl
    assert [scale.group for scale in config.scales] == [0, 0, 0, 1, 1, 2, 2]


def test_a_checkpoint_has_its_command_line_in_it(reference, tmp_path):
    torch = pytest.importorskip("torch")
    _, _, args = reference
    state = {"module.stem.weight": torch.zeros(2), "stem.bias": torch.zeros(3)[1:]}
    contents = {"epoch": 3, "state_dict": state, "args": argparse.Namespace(**args)}
    torch.save(contents, tmp_path / "checkpoint.pt")
    published = NVlabsNVAE().load(tmp_path / "checkpoint.pt")
    assert published.hparams == args
    assert published.tensors["ema"]["stem.bias"].shape == (2,)
    values = NVlabsNVAE().experiment(published.hparams)
    assert values["dataset"] == "cifar10" and values["batch_size"] == 3


def test_a_checkpoint_with_another_class_is_refused(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"state_dict": {}, "args": fractions.Fraction(1, 2)}, tmp_path / "checkpoint.pt")
    with pytest.raises(UserError, match="is damaged or holds more than tensors"):
        NVlabsNVAE().load(tmp_path / "checkpoint.pt")
