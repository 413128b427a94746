"""The loss against NumPy."""

import numpy as np
import pytest
from keras import ops

from hvae.model import HVAEOutput
from hvae.training.config import TrainingConfig
from hvae.training.objective import Objective
from tests.conftest import tiny_config


@pytest.fixture
def output(rng):
    """NLL and KL of six images; two blocks at 4x4, then one at 8x8."""
    nll = rng.uniform(10, 20, 6).astype("float32")
    kl = rng.uniform(0, 3, (6, 3)).astype("float32") * np.array([0.2, 1.0, 3.0], "float32")
    return HVAEOutput(None, ops.convert_to_tensor(nll), ops.convert_to_tensor(kl), None, ())


CONFIG = tiny_config(dec_num_blocks=(1, 2))


def loss(output, beta, **settings):
    value = Objective(CONFIG, TrainingConfig(**settings))(output, np.float32(beta))
    return float(ops.convert_to_numpy(value))


def numpy_of(output):
    return (ops.convert_to_numpy(v).astype("float64") for v in (output.nll, output.kl))


def test_beta_weighs_the_kl(output):
    nll, kl = numpy_of(output)
    expected = (nll + 0.3 * kl.sum(1)).mean() / 64
    assert loss(output, 0.3) == pytest.approx(expected, rel=1e-6)


def test_consistency_has_its_own_factor(output):
    config = TrainingConfig(cr_vae=True, cr_lambda=0.7)
    value = Objective(CONFIG, config)(output, np.float32(0.3), np.float32(2.5))
    expected = loss(output, 0.3) + 0.7 * 2.5 / 64
    assert float(ops.convert_to_numpy(value)) == pytest.approx(expected, rel=1e-6)


def test_free_bits_are_those_of_each_block_and_image(output):
    nll, kl = numpy_of(output)
    expected = (nll + np.maximum(kl, 0.8).sum(1)).mean() / 64
    assert (kl < 0.8).any() and (kl > 0.8).any()
    assert loss(output, 1.0, free_bits=0.8) == pytest.approx(expected, rel=1e-6)


def test_balancing_acts_during_the_warm_up_only(output):
    nll, kl = numpy_of(output)
    settings = {"kl_balancing": True, "beta_warmup_epochs": 10}
    assert loss(output, 1.0, **settings) == pytest.approx(loss(output, 1.0), rel=1e-6)
    # Areas 16 and 64, two blocks at the first: alpha 1, 1, 8.
    share = (np.abs(kl).mean(0) + 0.01) / np.array([1.0, 1.0, 8.0])
    expected = (nll + 0.4 * (kl * share / share.mean()).sum(1)).mean() / 64
    assert loss(output, 0.4, **settings) == pytest.approx(expected, rel=1e-5)
