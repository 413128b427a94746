"""Parts that can be combined, combined: every two of them meet in at least one model.

Each model is built, trained for two updates and saved under one backend, and gives the same
numbers under the other two.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np
import pytest

from hvae.families import CONFIGS, families_with
from hvae.flows.posterior import flow_types
from hvae.likelihoods import LIKELIHOODS
from hvae.model import HVAE
from hvae.training.config import TrainingConfig
from tests.backend_outputs import assert_same, one_pass, outputs_under, save, untraced
from tests.conftest import (
    BACKEND,
    efficient_config,
    lvae_config,
    nvae_config,
    random_images,
    randomize,
    tiny_config,
)
from utils.experiments.run_settings import TRAINING_BACKENDS

#: With a block a level or group: a second one meets the other parts as the first does.
FAMILIES = {
    "vdvae": tiny_config,
    "efficient_vdvae": functools.partial(efficient_config, down_n_blocks_per_res=(0, 0, 0)),
    "nvae": functools.partial(nvae_config, initial_splits_per_scale=1),
    "lvae": lvae_config,
}
FLOWS = {
    "none": {},
    "iaf": {"num_flows": 1},
    "sylvester": {"num_flows": 1, "flow_in_ch": 2, "num_ortho_vecs": 4},
    "conv_sylvester": {"num_flows": 1, "convsylv_channels": 4, "convsylv_stage_limit": 1},
}
#: Family, flow, likelihood, reconstruct_from, attention, CR-VAE.
ROWS = (
    ("vdvae", "none", "dmol", "latents", True, False),
    ("vdvae", "iaf", "bernoulli", "latents", True, False),
    ("vdvae", "iaf", "logistic_mixture", "latents", True, False),
    ("vdvae", "sylvester", "dmol", "state", False, True),
    ("vdvae", "sylvester", "gaussian_mixture", "latents", False, True),
    ("vdvae", "conv_sylvester", "discretized_logistic", "latents", False, True),
    ("vdvae", "conv_sylvester", "gaussian", "latents", False, False),
    ("efficient_vdvae", "none", "bernoulli", "state", False, True),
    ("efficient_vdvae", "none", "logistic_mixture", "state", False, True),
    ("efficient_vdvae", "iaf", "discretized_logistic", "state", True, False),
    ("efficient_vdvae", "sylvester", "gaussian", "state", False, True),
    ("efficient_vdvae", "conv_sylvester", "dmol", "state", True, False),
    ("efficient_vdvae", "conv_sylvester", "gaussian_mixture", "state", True, False),
    ("nvae", "none", "gaussian_mixture", "state", False, True),
    ("nvae", "iaf", "gaussian", "state", True, True),
    ("nvae", "sylvester", "discretized_logistic", "state", True, False),
    ("nvae", "sylvester", "dmol", "state", True, False),
    ("nvae", "sylvester", "logistic_mixture", "state", False, False),
    ("nvae", "conv_sylvester", "bernoulli", "state", False, True),
    ("lvae", "none", "discretized_logistic", "state", False, False),
    ("lvae", "none", "gaussian", "state", True, False),
    ("lvae", "iaf", "dmol", "state", False, True),
    ("lvae", "iaf", "gaussian_mixture", "state", True, False),
    ("lvae", "sylvester", "bernoulli", "state", False, False),
    ("lvae", "conv_sylvester", "logistic_mixture", "state", True, False),
)


def name_of(row):
    *names, attention, cr_vae = row
    return "-".join([*names, *["attention"] * attention, *["cr"] * cr_vae])


def config_of(row):
    family, flow, likelihood, head, attention, _ = row
    return FAMILIES[family](
        likelihood=likelihood,
        levels=2 if likelihood == "bernoulli" else 17,
        use_depthwise_attention=attention,
        query_width=3,
        flow_type=flow,
        **FLOWS[flow],
        **({"reconstruct_from": head} if family in families_with("reconstruct_from") else {}),
    )


def test_every_two_values_meet():
    """Of every two factors, as far as a family allows them."""
    factors = (
        CONFIGS.names(),
        flow_types(),
        LIKELIHOODS.names(),
        ("latents", "state"),
        (False, True),
        (False, True),
    )
    has_choice = families_with("reconstruct_from")
    allowed = [
        row for row in itertools.product(*factors) if row[3] == "state" or row[0] in has_choice
    ]
    assert pairs_of(ROWS) == pairs_of(allowed)


def pairs_of(rows):
    """Every two factors with their values, of each row."""
    return {pair for row in rows for pair in itertools.combinations(enumerate(row), 2)}


class Trained(NamedTuple):
    """What two updates have made of a model."""

    results: list  # the `StepResult`s
    moved: float  # share of the weights that are no longer what they were
    outputs: dict


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("combinations")


@pytest.fixture(scope="module")
def train(folder):
    """Function from a row to `Trained`, which also saves the model; each is trained once."""
    from hvae.training.trainer import Trainer

    @functools.cache
    def train(row):
        # Zero-initialised parts take part from the start.
        model = randomize(HVAE(config_of(row)), scale=0.1)
        # JAX would run a model with an unbuilt layer once before it compiles it.
        assert all(layer.built for layer in model._flatten_layers())
        # A larger rate leaves a KL so small that the rounding of the densities it is made of shows.
        config = TrainingConfig(
            batch_size=4, cr_vae=row[-1], learning_rate=1e-3, lr_warmup_epochs=0, weight_decay=0.0
        )
        trainer = Trainer(model, config, updates_per_epoch=2, jit=False)
        images = random_images(model.config, config.data_batch_size)
        before = [np.array(v) for v in model.trainable_variables]
        with untraced():
            results = [trainer.train_batch(images) for _ in range(2)]
            outputs = one_pass(model)
        moved = [(np.array(v) != b).any() for v, b in zip(model.trainable_variables, before)]
        save(model, folder / name_of(row))
        return Trained(results, np.mean(moved), outputs)

    return train


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_it_trains(row, train):
    trained = train(row)
    for result in trained.results:
        assert not result.skipped and np.isfinite(result.gradient_norm)
        assert np.isfinite(result.nll) and np.isfinite(result.kl).all()
        assert (result.consistency > 0.0) == row[-1]
    # All but what is behind dead units.
    assert trained.moved > 0.9


@pytest.fixture(scope="module", params=sorted({*TRAINING_BACKENDS} - {BACKEND}))
def outputs(request, train, folder):
    for row in ROWS:
        train(row)
    return outputs_under(request.param, one_pass, folder)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_it_gives_the_same_numbers(row, outputs, train):
    assert_same(outputs[name_of(row)], train(row).outputs)
