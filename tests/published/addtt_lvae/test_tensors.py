"""Published weights give published numbers."""

import re

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.published.addtt_lvae.hyperparameters import addtt_lvae_config
from hvae.published.addtt_lvae.tensors import AddttLVAE
from tests.conftest import read_published
from tests.published.openai_vdvae.test_tensors import assert_close, noise_of

_TOP_PRIOR = "top_down_layers.2.top_prior_params"


@pytest.fixture(scope="module")
def reference(golden):
    return read_published(golden, "lvae_tiny.npz")


def assert_numbers_agree(d, model):
    output = model(d["x_uint8"], noise_of(d, "noise/"))
    assert_close(output.parameters, d["likelihood_params"])
    assert_close(output.nll, d["nll_nats"])
    assert_close(output.kl, d["kl_nats_per_layer_bottom_first"][:, ::-1])


def test_numbers_agree(reference):
    d, state, hparams = reference
    model = AddttLVAE().read(state, hparams)
    assert_numbers_agree(d, model)
    assert_close(
        model.top_down(noise_of(d, "uncond_noise/")).parameters, d["uncond_likelihood_params"]
    )


def renumbered(state, numbers):
    """The state dict with other numbers for the parts of residual blocks."""
    return {
        re.sub(r"\.block\.(\d)\.", lambda m: f".block.{numbers[int(m[1])]}.", name): value
        for name, value in state.items()
    }


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"dropout": 0.0}, {0: 0, 2: 2, 4: 4, 6: 6, 8: 8}),
        ({"res_block_type": "bacdbac"}, {0: 0, 2: 2, 4: 4, 6: 6, 8: 7}),
        ({"res_block_type": "bacdbac", "dropout": None}, {0: 0, 2: 2, 4: 3, 6: 5, 8: 6}),
        # A module that drops nothing has a number too.
        ({"res_block_type": "bacdbac", "dropout": 0.0}, {0: 0, 2: 2, 4: 4, 6: 6, 8: 7}),
    ],
)
def test_numbers_agree_with_other_places_for_dropout(reference, changes, numbers):
    d, state, hparams = reference
    model = AddttLVAE().read(renumbered(state, numbers), {**hparams, **changes})
    assert_numbers_agree(d, model)


@pytest.mark.parametrize(
    ("dropout", "numbers"),
    [
        (0.2, {0: 2, 2: 0, 4: 6, 6: 4, 8: 8}),
        (None, {0: 2, 2: 0, 4: 5, 6: 3, 8: 6}),
    ],
)
def test_convolutions_may_come_first(reference, dropout, numbers):
    _, state, hparams = reference
    changes = {"res_block_type": "cabdcabd", "dropout": dropout}
    model = AddttLVAE().read(renumbered(state, numbers), {**hparams, **changes})
    first = model.encoder.stem[2].parts[0]
    kernel = state["first_bottom_up.2.res.block.2.weight"].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(first.get_weights()[0], kernel)


def test_our_own_configuration_will_do(reference):
    d, state, hparams = reference
    assert_numbers_agree(d, AddttLVAE().read(state, addtt_lvae_config(hparams)))


def test_a_fixed_prior_must_be_zero(reference):
    _, state, hparams = reference
    fixed = {**hparams, "learn_top_prior": False}
    zeros = np.zeros_like(state[_TOP_PRIOR])
    model = AddttLVAE().read({**state, _TOP_PRIOR: zeros}, fixed)
    assert not model.decoder.blocks[0].variant.prior_parameters.weights
    with pytest.raises(UserError, match=f"{_TOP_PRIOR} must be zero"):
        AddttLVAE().read(state, fixed)
    with pytest.raises(UserError, match=f"the checkpoint lacks {_TOP_PRIOR}"):
        AddttLVAE().read({k: v for k, v in state.items() if k != _TOP_PRIOR}, fixed)


@pytest.mark.parametrize(
    "name",
    [
        "top_down_layers.0.stochastic.conv_out.weight",
        "bottom_up_layers.2.net.0.res.block.4.running_var",
    ],
)
def test_a_tensor_that_does_not_fit_is_named(reference, name):
    _, state, hparams = reference
    missing = {k: v for k, v in state.items() if k != name}
    for wrong, message in (
        (missing, f"lacks {name}"),
        ({**missing, name: state[name][:-1]}, f"{name} does not fit: the checkpoint has"),
        ({**state, "likelihood.surplus": np.zeros(3)}, "has likelihood.surplus, for which"),
    ):
        with pytest.raises(UserError, match=message):
            AddttLVAE().read(wrong, hparams)


def test_hyper_parameters_left_out_have_that_codebase_s_defaults():
    hparams = {
        "color_ch": 3,
        "z_dims": [8, 4],
        "img_shape": [32, 32],
        "likelihood_form": "discr_log_mix",
        "res_block_type": "bacdbac",
        "merge_type": "linear",
    }
    config = addtt_lvae_config(hparams)
    assert (config.downsample, config.blocks_per_layer, config.n_filters) == ((0, 0), 2, 32)
    assert (config.nonlin, config.batch_norm, config.dropout) == ("elu", True, 0.0)
    assert not any((config.skip, config.gated, config.learn_top_prior, config.analytical_kl))
    assert (config.levels, config.likelihood, config.input_std) == (256, "dmol", 255.0)
    for form, likelihood in (("discr_log", "discretized_logistic"), ("gaussian", "gaussian")):
        config = addtt_lvae_config({**hparams, "likelihood_form": form})
        assert (config.levels, config.likelihood) == (256, likelihood)
    with pytest.raises(UserError, match="hparams: res_block_type is missing"):
        addtt_lvae_config({k: v for k, v in hparams.items() if k != "res_block_type"})
    with pytest.raises(UserError, match="likelihood_form: allowed are .* Received: laplace"):
        addtt_lvae_config({**hparams, "likelihood_form": "laplace"})
