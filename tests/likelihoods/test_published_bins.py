"""The bins of published code are settings: those of its models, and of nothing else."""

import pytest

from hvae.errors import UserError
from tests.conftest import tiny_config
from utils.command_line.training_request import parse_training_arguments

pytestmark = pytest.mark.once

PUBLISHED = {
    "openai_vdvae": "cifar10 imagenet32 imagenet64 ffhq256 ffhq1024 cifar10_lvae svhn_lvae",
    "efficient_vdvae": "efficient_cifar10 efficient_imagenet32 efficient_imagenet64 "
    "efficient_celeba64 efficient_ffhq256",
    "nvlabs_nvae": "cifar10_nvae celeba64_nvae",
    "off": "digits mnist efficient_mnist mnist_lvae images64_nvae",
}


@pytest.mark.parametrize(
    ("bins", "name"), [(bins, name) for bins, names in PUBLISHED.items() for name in names.split()]
)
def test_configurations_have_the_bins_of_the_number_they_quote(bins, name):
    model = parse_training_arguments(["--config", name, "--no-save"]).experiment.model
    assert model.published_bins == bins


def test_a_distribution_is_the_default():
    assert tiny_config().published_bins == "off"


@pytest.mark.parametrize("likelihood", ["logistic_mixture", "gaussian", "discretized_logistic"])
def test_bins_of_another_likelihood_are_refused(likelihood):
    message = f"openai_vdvae are bins of likelihood dmol. Received: likelihood {likelihood}"
    with pytest.raises(UserError, match=message):
        tiny_config(likelihood=likelihood, published_bins="openai_vdvae")


def test_eight_of_eight_bits_are_all():
    assert tiny_config(levels=256, num_bits=8).num_bits == 8


@pytest.mark.parametrize(("levels", "num_bits"), [(256, 9), (17, 4), (2, 2)])
def test_bits_that_there_are_not_are_refused(levels, num_bits):
    with pytest.raises(UserError, match=f"num_bits: .* {levels} levels.* Received: {num_bits}"):
        tiny_config(levels=levels, num_bits=num_bits)
