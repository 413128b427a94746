"""Published weights give published numbers."""

import pytest

from hvae.published.mgp123_nvae.tensors import MGP123NVAE
from tests.conftest import read_published
from tests.published.openai_vdvae.test_tensors import assert_close, noise_of


@pytest.fixture(scope="module")
def reference(golden):
    return read_published(golden, "nvae_mgp123_tiny.npz")


@pytest.fixture(scope="module")
def model(reference):
    _, state, hparams = reference
    return MGP123NVAE().read(state, hparams)


def test_numbers_agree(reference, model):
    d, _, _ = reference
    output = model(d["x_uint8"], noise_of(d, "noise/"))
    assert_close(output.parameters, d["likelihood_params"])
    assert_close(output.nll, d["nll_nats"])
    assert_close(output.kl, d["kl_nats_per_block"])


def test_unconditional_numbers_agree(reference, model):
    d, _, _ = reference
    temperature = float(d["uncond_temperature"])
    parameters = model.top_down(noise_of(d, "uncond_noise/"), temperature=temperature).parameters
    assert_close(parameters, d["uncond_likelihood_params"])
