"""Files of github.com/mgp123/nvae give the model and the training that they ask for."""

import math

import pytest

from data.sets import DATASETS
from hvae.errors import UserError
from hvae.training.schedules import learning_rate_schedule
from utils.experiments.config_files import read_config_file
from utils.experiments.experiment import Experiment

FILE = """
channel_towers: 32
number_of_scales: 3
initial_splits_per_scale: 6
latent_size: 20
input_dimension: 64
num_flows: 1
num_blocks_prepost: 1
num_cells_per_block_prepost: 2
cells_per_split_enc: 2
cells_per_input_dec: 2
channel_multiplier : 2
exponential_scaling: 2
sampling_method: logistic_mixture
n_mix: 10
fixed_flows: False
training_parameters:
  learning_rate: 0.01
  regularization_constant: 0.1
  kl_constant: 1.5
  warmup_epochs: 50
  batch_size: 32
  use_tensor_checkpoints: False
  half_precision: True
  gradient_clipping: 122.88
  epochs_per_checkpoint: 1
  epochs: 200
"""


def read(tmp_path, text=FILE):
    path = tmp_path / "penguin.yaml"
    path.write_text(text)
    values, unused, _ = read_config_file(str(path))
    return values, unused


def test_it_gives_the_model_and_its_training(tmp_path):
    values, unused = read(tmp_path)
    assert unused == [
        "training_parameters.epochs_per_checkpoint",
        "training_parameters.use_tensor_checkpoints",
    ]
    experiment = Experiment.from_flat(values)
    model, training = experiment.model, experiment.training
    assert experiment.run.dataset == "images" and experiment.run.dtype == "mixed_bfloat16"
    assert model.model_family == "nvae" and model.std_param == "soft_clamp"
    assert [str(s) for s in model.latent_scales] == ["8x8"] + 3 * ["16x16"] + 6 * ["32x32"]
    assert [s.state_width for s in model.latent_scales][::4] == [256, 64, 64]
    assert model.likelihood == "logistic_mixture" and model.num_output_mixtures == 10
    assert model.flow_type == "iaf" and model.num_flows == (1,) and not model.analytical_kl
    assert (training.batch_size, training.epochs, training.learning_rate) == (32, 200, 0.01)
    assert (training.beta, training.beta_warmup_epochs) == (1.5, 50)
    assert training.kl_balancing and training.regularization_constant == 0.1
    assert training.gradient_clipnorm == pytest.approx(0.01)
    assert model.published_bins == "mgp123_nvae"


def test_numbers_beside_the_gradient_are_of_nats_per_image(tmp_path):
    """There Adamax has an epsilon of 1e-3 and an L2 penalty of 3e-4, of nats per image."""
    values, _ = read(tmp_path)
    training = Experiment.from_flat(values).training
    assert training.optimizer == "adamax" and training.coupled_weight_decay
    dims = 64 * 64 * 3
    assert training.adam_epsilon * dims == pytest.approx(1e-3)
    assert training.weight_decay * dims == pytest.approx(3e-4)
    # Nothing else acts on weights or updates there.
    assert not training.use_ema and training.gradient_skipnorm == 0.0


def test_the_cosine_starts_after_the_warm_up_of_beta(tmp_path):
    """51 epochs at the learning rate, then down to the least in 149."""
    values, _ = read(tmp_path)
    rate = learning_rate_schedule(Experiment.from_flat(values).training, 10)
    assert rate(0) == rate(509) == 0.01 and rate(520) < 0.01
    middle = 1e-5 + 0.5 * (0.01 - 1e-5) * (1 + math.cos(math.pi * 100 / 149))
    assert rate(1510) == pytest.approx(middle)
    assert rate(2000) == pytest.approx(1e-5)


def test_a_training_as_short_as_the_warm_up_has_no_cosine(tmp_path):
    values, _ = read(tmp_path, FILE.replace("epochs: 200", "epochs: 50"))
    rate = learning_rate_schedule(Experiment.from_flat(values).training, 10)
    assert {rate(u) for u in range(500)} == {0.01}


def test_what_it_leaves_out_has_that_codebases_defaults(tmp_path):
    short = FILE[: FILE.index("num_blocks_prepost")] + "fixed_flows: True\n"
    values, unused = read(tmp_path, short)
    experiment = Experiment.from_flat(values)
    assert unused == [] and experiment.model.likelihood == "gaussian"
    assert experiment.model.fixed_flows and experiment.model.analytical_kl
    assert experiment.training.batch_size == 20
    assert experiment.training.beta_warmup_epochs == 30


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("latent_size: 20\n", "", "hparams: latent_size is missing"),
        ("latent_size", "latent_sise", "unknown key latent_sise; did you mean latent_size?"),
        ("  batch_size", "  batchsize", "unknown key batchsize; did you mean batch_size?"),
        ("logistic_mixture", "logistic", "sampling_method: allowed are gaussian, gaussian_mixture"),
    ],
)
def test_mistakes_are_named(tmp_path, old, new, message):
    with pytest.raises(UserError, match=message.replace("?", "[?]")):
        read(tmp_path, FILE.replace(old, new))


@pytest.mark.parametrize("size", [32, 256, 512])
def test_its_images_are_a_folder_whatever_their_size(tmp_path, size):
    values, _ = read(tmp_path, FILE.replace("input_dimension: 64", f"input_dimension: {size}"))
    experiment = Experiment.from_flat(values)
    assert (experiment.run.dataset, experiment.model.image_size) == ("images", (size, size))
    assert DATASETS[experiment.run.dataset].info.num_train == 0


def test_another_data_set_of_its_size_can_be_named(tmp_path):
    values, _ = read(tmp_path, FILE.replace("input_dimension: 64", "input_dimension: 32"))
    experiment = Experiment.from_flat({**values, "dataset": "cifar10"})
    assert (experiment.run.dataset, experiment.model.image_size) == ("cifar10", (32, 32))
