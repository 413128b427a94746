"""Efficient-VDVAE's own configuration files."""

import dataclasses
import math
import pathlib

import pytest

import main
from hvae.errors import UserError
from hvae.published.efficient_vdvae.cfg_file import read_efficient_vdvae_cfg
from hvae.training.config import TrainingConfig
from hvae.training.schedules import beta_schedule, learning_rate_schedule
from utils.command_line.training_request import parse_training_arguments

CFG = pathlib.Path(__file__).parents[3] / "cfg"
FIELDS = {field.name for field in dataclasses.fields(TrainingConfig)}

TEXT = """
[run]
name = some_run  # text without quotes
seed = 420

[data]
dataset_source = 'cifar-10'
target_res = 32
channels = 3
num_bits = 8.
random_horizontal_flip = True

[model]
stable_init = True
initialize_prior_weights_as_zero = False
use_1x1_conv = True
distribution_base = 'std'
gradient_smoothing_beta = 0.6931472
input_conv_filters = 4 * 4
input_kernel_size = (1, 1)
# two levels of 32, one of 8
up_strides = [1] + [4] + [1] * 1
up_n_blocks_per_res = [0] * 3
up_n_blocks = [1] * 3
up_n_layers = [2] * 3
up_filters = [16] * 3
up_mid_filters_ratio = [0.25] * 3
up_kernel_size = [3] * 2 + [1]
up_skip_filters = [16] * 3
use_residual_distribution = False
down_strides = [1] + [4] + [1]
down_n_blocks_per_res = [0] * 2 + [1]
down_n_blocks = [1] * 3
down_n_layers = [2] * 3
down_filters = [16] * 3
down_mid_filters_ratio = [0.25] * 3
down_kernel_size = [1] + [3] * 2
down_latent_variates = [8] * 3
output_kernel_size = (1, 1)
num_output_mixtures = 10

[loss]
min_mol_logscale = -250.
variation_schedule = 'Linear'
vae_beta_anneal_steps = 1562
use_gamma_schedule = True
gamma_max_steps = 2 * 1562
scaled_gamma = False
use_weight_decay = False
l2_weight = 1e-2

[optimizer]
type = 'Adamax'
learning_rate_scheme = 'cosine'
learning_rate = 1e-3
warmup_steps = 156.2
min_learning_rate = 2e-4
clip_gradient_norm = False
gradient_clip_norm_value = 300.
gradient_skip = True
gradient_skip_threshold = 800.

[train]
total_train_steps = 2 * 1562
batch_size = 32
ema_decay = 0.9999

[synthesis]
temperature_settings = [0.8, ('linear', 0.7, 0.9)]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.cfg"
    path.write_text(TEXT)
    return path


def test_a_file_loads_as_it_is(file, capsys):
    experiment = parse_training_arguments(["--config", str(file), "--batch_size", "16"]).experiment
    model, training = experiment.model, experiment.training
    assert (experiment.run.dataset, experiment.run.split_of) == ("cifar10", "efficient")
    assert model.model_family == "efficient_vdvae"
    assert [str(scale) for scale in model.latent_scales] == ["8x8", "32x32", "32x32", "32x32"]
    assert model.up_strides == (1, 4, 1) and model.up_kernel_size == (3, 3, 1)
    assert model.input_conv_filters == 16 and model.min_log_scale == -30.0
    # 50,000 images in batches of 32: 1562 updates an epoch; the typed flag comes after.
    assert (training.epochs, training.batch_size, training.seed) == (2, 16, 420)
    assert training.beta_warmup_epochs == 1.0 and training.lr_warmup_epochs == pytest.approx(0.1)
    assert (training.gradient_clipnorm, training.gradient_skipnorm) == (0.0, 800.0)
    assert training.weight_decay == 0.0
    assert (training.gamma_max_steps, training.scaled_gamma) == (3124, False)
    unused = capsys.readouterr().err
    assert experiment.run.name == "some_run" and "run.name" not in unused
    assert experiment.run.horizontal_flip and "data.random_horizontal_flip" not in unused
    assert "synthesis.temperature_settings" in unused and "up_strides" not in unused
    assert "gamma" not in unused


def test_its_imagenet_is_the_one_it_downloads(file):
    file.write_text(TEXT.replace("'cifar-10'", "'imagenet'"))
    run = parse_training_arguments(["--config", str(file)]).experiment.run
    assert (run.dataset, run.split_of) == ("imagenet32_box", "efficient")


def test_its_training_is_that_codebases(file):
    """Schedules and optimizer by update; a batch of 32 makes 1562 of them an epoch."""
    added = """[loss]
vae_beta_anneal_start = 21
vae_beta_min = 1e-4"""
    text = TEXT.replace("[loss]", added).replace(
        "vae_beta_anneal_steps = 1562", "vae_beta_anneal_steps = 5000"
    )
    added = """[optimizer]
epsilon = 1e-7
decay_start = 1000
decay_steps = 1500"""
    file.write_text(text.replace("[optimizer]", added))
    values, unused = read_efficient_vdvae_cfg(file, {"cifar10": 50000})
    training = TrainingConfig(**{k: values[k] for k in values if k in FIELDS})
    assert training.adam_epsilon == 1e-7 and not training.ema_ramp
    assert training.gradient_skip_start == 0.0
    rate, beta = (make(training, 1562) for make in (learning_rate_schedule, beta_schedule))
    for u in (0, 70, 156, 157, 999, 1000, 1750, 2500, 2700):
        if u < 1000:
            expected = 1e-3 * min(1.0, u / 156.2)
        else:
            cosine = 0.5 * (1 + math.cos(math.pi * min(u - 1000, 1500) / 1500))
            expected = 1e-3 * ((1 - 0.2) * cosine + 0.2)
        assert rate(u) == pytest.approx(expected), u
        assert beta(u) == pytest.approx(min(1.0, max(1e-4, (u - 21) / (21 + 5000)))), u
    for name in ("epsilon", "decay_start", "decay_steps", "anneal_start", "beta_min"):
        assert not any(name in key for key in unused)


@pytest.mark.parametrize("name", sorted(p.stem for p in CFG.glob("efficient_*.yaml")))
def test_published_configurations_train_as_that_codebase(name):
    training = parse_training_arguments(["--config", name, "--no-save"]).experiment.training
    assert (training.adam_epsilon, training.beta_min) == (1e-8, 1e-4)
    assert (training.gradient_skip_start, training.ema_ramp) == (0.0, False)
    assert training.lr_warmup_from_zero
    updates = 200_000 if name == "efficient_mnist" else 800_000
    # The cosine ends there: what is left of the last epoch is less than one.
    epochs = training.lr_decay_start + training.lr_decay_epochs
    assert training.epochs - epochs == pytest.approx(0, abs=30 if "ffhq" in name else 1.01)
    per_epoch = updates / epochs
    assert 100 / training.lr_warmup_epochs == pytest.approx(per_epoch, rel=1e-3)
    assert 21 / training.beta_warmup_start == pytest.approx(per_epoch, rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("'cifar-10'", "'lsun'", "there is no data set lsun32 here. Received: lsun"),
        ("'Adamax'", "'Radam'", "optimizer.type: allowed are Adamax, Adam. Received: Radam"),
        ("[1] + [4] + [1] * 1", "[1] + 4", "model.up_strides: cannot be computed"),
        ("up_filters = [16] * 3", "", "up_filters is missing"),
        ("up_filters = [16] * 3", "up_filters = [16] * 2", "up_filters: needs 3 values"),
        (
            "gamma_max_steps = 2 * 1562",
            "",
            "loss.gamma_max_steps: use_gamma_schedule needs it. Received: none",
        ),
        ("[loss]", "[lost]", r"section \[loss\] is missing"),
        ("[run]", "run", "is no .cfg file of Efficient-VDVAE"),
    ],
)
def test_mistakes_are_named(file, old, new, message):
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(UserError, match=message):
        read_efficient_vdvae_cfg(file, {"cifar10": 50000})


def test_a_data_set_of_unknown_size_is_refused(file):
    text = TEXT.replace("'cifar-10'", "'images'").replace("target_res = 32", "target_res = 64")
    file.write_text(text)
    with pytest.raises(UserError, match="how many images images has is not known"):
        read_efficient_vdvae_cfg(file, {"images": 0})


def test_nothing_in_a_file_runs(file, tmp_path):
    code = f"__import__('pathlib').Path('{tmp_path}/ran').write_text('x')"
    file.write_text(TEXT.replace("4 * 4", code))
    assert main.main(["--config", str(file)]) == 2
    assert not (tmp_path / "ran").exists()
