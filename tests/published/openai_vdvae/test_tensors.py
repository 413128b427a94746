"""Published weights give published numbers."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.published.openai_vdvae.hyperparameters import openai_vdvae_config
from hvae.published.openai_vdvae.tensors import OpenAIVDVAE
from tests.conftest import read_published
from tests.harness import gradients_and_outputs
from tests.published.whole_models import assert_model_agrees


@pytest.fixture(scope="module")
def reference(golden):
    return read_published(golden, "openai_vdvae_tiny.npz")


@pytest.fixture(scope="module")
def model(reference):
    _, state, hparams = reference
    return OpenAIVDVAE().read(state, hparams)


def noise_of(d, prefix):
    return tuple(d[k] for k in sorted(k for k in d.files if k.startswith(prefix)))


def assert_close(result, expected, tolerance=1e-5):
    result = ops.convert_to_numpy(result)
    assert np.abs(result - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.every_backend
def test_numbers_and_a_gradient_agree(reference, model):
    """The gradient is that of the mean over the batch of the loss in nats per dimension."""
    d, _, _ = reference
    images, noise = d["x_uint8"], noise_of(d, "noise/")

    def loss():
        output = model(images, noise)
        return -ops.mean(output.elbo) / model.config.num_dims, output

    (slope,), output = gradients_and_outputs(loss, [model.encoder.stem[0].kernel])
    assert_close(slope.transpose(3, 2, 0, 1), d["grad/encoder.in_conv.weight"], 1e-4)
    assert_close(output.parameters, d["logits"])
    assert_close(output.nll / model.config.num_dims, d["nll_nats_per_dim"])
    assert_close(output.kl, d["kl_nats_per_block"])
    assert_close(-output.elbo / model.config.num_dims, d["elbo_nats_per_dim"])


def test_unconditional_numbers_agree(reference, model):
    d, _, _ = reference
    temperature = float(d["uncond_temperature"])
    assert_close(
        model.top_down(noise_of(d, "uncond_noise/"), temperature=temperature).parameters,
        d["uncond_logits"],
    )


@pytest.mark.every_backend
def test_numbers_of_five_bits_agree(golden):
    assert_model_agrees(golden, "openai_vdvae_5bits.npz")


def with_prefix(state):
    return {f"module.{name}": value for name, value in state.items()}


def test_a_parallel_model_s_prefix_does_not_matter(reference):
    _, state, hparams = reference
    OpenAIVDVAE().read(with_prefix(state), hparams)


@pytest.mark.parametrize("name", ["decoder.dec_blocks.3.prior.c4.weight", "decoder.gain"])
def test_a_tensor_that_does_not_fit_is_named(reference, name):
    _, state, hparams = reference
    renamed = {(k + "_" if k == name else k): v for k, v in state.items()}
    missing = {k: v for k, v in state.items() if k != name}
    extra = {**state, "decoder.surplus": np.zeros(3)}
    transposed = {**state, name: np.swapaxes(state[name], 0, 1)}
    for wrong, message in (
        (renamed, f"lacks {name}"),
        (missing, f"lacks {name}"),
        (extra, "has decoder.surplus, for which the model has no place"),
        (transposed, f"{name} does not fit: the checkpoint has"),
    ):
        with pytest.raises(UserError, match=message):
            OpenAIVDVAE().read(wrong, hparams)


def test_missing_and_foreign_hyper_parameters_are_named(reference):
    _, state, hparams = reference
    with pytest.raises(UserError, match="hparams: zdim is missing"):
        OpenAIVDVAE().read(state, {k: v for k, v in hparams.items() if k != "zdim"})
    with pytest.raises(UserError, match="dataset: allowed are cifar10, .*Received: mnist"):
        OpenAIVDVAE().read(state, {**hparams, "dataset": "mnist"})


def test_widths_of_scales_and_the_largest_biased_scale():
    """Inner widths are rounded down scale by scale; larger scales start from zeros."""
    hparams = {
        "width": 16,
        "zdim": 4,
        "bottleneck_multiple": 0.3,
        "num_mixtures": 3,
        "image_channels": 3,
        "image_size": 32,
        "dataset": "cifar10",
        "custom_width_str": "16:24,8:24,4:32,1:40",
        "no_bias_above": 8,
        "enc_blocks": "32x1,32d2,16d2,8x2,8d2,4d4,1x1",
        "dec_blocks": "1x1,4m1,8m4,16m8,32m16,32x1",
    }
    config = openai_vdvae_config(hparams)
    assert [s.state_width for s in config.scales] == [16, 24, 24, 32, 40, 40]
    assert [s.dec_middle_width for s in config.scales] == [4, 7, 7, 9, 12, 12]
    states = HVAE(config).decoder.initial_states
    assert [state.height for state in states if state.learned] == [1, 4, 8]
