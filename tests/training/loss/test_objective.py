"""The loss against NumPy."""

import numpy as np
import pytest
from keras import ops

from hvae.model import HVAEOutput
from hvae.training.config import TrainingConfig
from hvae.training.loss.kl_balance import KLBalance
from hvae.training.loss.objective import Objective
from tests.conftest import tiny_config
from tests.harness import gradient

pytestmark = pytest.mark.every_backend


@pytest.fixture
def output(rng):
    """NLL and KL of six images; two blocks at 4x4, then one at 8x8."""
    nll = rng.uniform(10, 20, 6).astype("float32")
    kl = rng.uniform(0, 3, (6, 3)).astype("float32") * np.array([0.2, 1.0, 3.0], "float32")
    return HVAEOutput(None, ops.convert_to_tensor(nll), ops.convert_to_tensor(kl), None, ())


CONFIG = tiny_config(dec_num_blocks=(1, 2))


def loss(output, beta, is_balanced=False, **settings):
    objective = Objective(CONFIG, TrainingConfig(**settings))
    value = objective(output, np.float32(beta), np.bool_(is_balanced))
    return float(ops.convert_to_numpy(value))


def numpy_of(output):
    return (ops.convert_to_numpy(v).astype("float64") for v in (output.nll, output.kl))


def test_beta_weighs_the_kl(output):
    nll, kl = numpy_of(output)
    expected = (nll + 0.3 * kl.sum(1)).mean() / 64
    assert loss(output, 0.3) == pytest.approx(expected, rel=1e-6)


def test_consistency_has_its_own_factor(output):
    config = TrainingConfig(cr_vae=True, cr_lambda=0.7)
    value = Objective(CONFIG, config)(output, np.float32(0.3), np.False_, np.float32(2.5))
    expected = loss(output, 0.3) + 0.7 * 2.5 / 64
    assert float(ops.convert_to_numpy(value)) == pytest.approx(expected, rel=1e-6)


def test_free_bits_are_those_of_each_block_and_image(output):
    nll, kl = numpy_of(output)
    expected = (nll + np.maximum(kl, 0.8).sum(1)).mean() / 64
    assert (kl < 0.8).any() and (kl > 0.8).any()
    assert loss(output, 1.0, free_bits=0.8) == pytest.approx(expected, rel=1e-6)


def balanced_loss(nll, kl, sizes, floor, beta):
    share = (np.abs(kl).mean(0) + floor) / np.array(sizes)
    return (nll + beta * (kl * share / share.mean()).sum(1)).mean() / 64


# Areas 16 and 64, two blocks at the first; two channels of z.
@pytest.mark.parametrize(
    ("settings", "sizes", "floor"),
    [
        ({"kl_balancing": True, "beta_warmup_epochs": 10}, [8.0, 8.0, 64.0], 0.01),
        ({"gamma_max_steps": 10}, [32.0, 32.0, 128.0], 0.0),
        ({"gamma_max_steps": 10, "scaled_gamma": False}, [1.0, 1.0, 1.0], 0.0),
    ],
    ids=["nvae", "efficient_vdvae", "efficient_vdvae, not scaled"],
)
def test_balancing_weighs_each_block(output, settings, sizes, floor):
    nll, kl = numpy_of(output)
    expected = balanced_loss(nll, kl, sizes, floor, beta=0.4)
    assert loss(output, 0.4, is_balanced=True, **settings) == pytest.approx(expected, rel=1e-5)
    assert loss(output, 0.4, **settings) == pytest.approx(loss(output, 0.4), rel=1e-6)


def test_the_published_gamma_of_unlike_latents(output):
    """Latents of 4x4x2, 4x4x2 and 8x8x5: γᵢ = L · KLᵢ/nᵢ / Σ KLⱼ/nⱼ, of the mean KL."""
    config = tiny_config(dec_num_blocks=(1, 2), z_width=(5, 2))
    balance = KLBalance.from_config(config, TrainingConfig(gamma_max_steps=1))
    _, kl = numpy_of(output)
    of_a_variable = kl.mean(0) / np.array([32.0, 32.0, 320.0])
    expected = 3 * of_a_variable / of_a_variable.sum()
    np.testing.assert_allclose(ops.convert_to_numpy(balance(output.kl)), expected, rtol=1e-5)


def test_balance_has_no_gradient_of_its_own(output):
    _, kl = numpy_of(output)
    for settings in ({"kl_balancing": True, "beta_warmup_epochs": 1}, {"gamma_max_steps": 1}):
        balance = KLBalance.from_config(CONFIG, TrainingConfig(**settings))
        factors = ops.convert_to_numpy(balance(output.kl))
        slope = gradient(
            lambda kl, balance=balance: ops.sum(kl * balance(kl)), kl.astype("float32")
        )
        np.testing.assert_allclose(slope, np.tile(factors, (len(kl), 1)), rtol=1e-5)


def test_without_any_kl_there_is_nothing_to_weigh(output):
    no_kl = output._replace(kl=ops.zeros_like(output.kl))
    nll, _ = numpy_of(output)
    value = loss(no_kl, 1.0, is_balanced=True, gamma_max_steps=10)
    assert value == pytest.approx(nll.mean() / 64, rel=1e-6)
