"""Efficient-VDVAE's own configuration files."""

import pytest

import main
from hvae.errors import UserError
from hvae.published.efficient_vdvae.cfg_file import read_efficient_vdvae_cfg
from utils.command_line.training_request import parse_training_arguments

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
vae_beta_anneal_steps = 1406
use_gamma_schedule = True
gamma_max_steps = 2 * 1406
scaled_gamma = False
use_weight_decay = False
l2_weight = 1e-2

[optimizer]
type = 'Adamax'
learning_rate_scheme = 'cosine'
learning_rate = 1e-3
warmup_steps = 140.6
min_learning_rate = 2e-4
clip_gradient_norm = False
gradient_clip_norm_value = 300.
gradient_skip = True
gradient_skip_threshold = 800.

[train]
total_train_steps = 2 * 1406
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
    assert experiment.run.dataset == "cifar10" and model.model_family == "efficient_vdvae"
    assert [str(scale) for scale in model.latent_scales] == ["8x8", "32x32", "32x32", "32x32"]
    assert model.up_strides == (1, 4, 1) and model.up_kernel_size == (3, 3, 1)
    assert model.input_conv_filters == 16 and model.min_log_scale == -30.0
    # 45,000 images in batches of 32: 1406 updates an epoch; the typed flag comes after.
    assert (training.epochs, training.batch_size, training.seed) == (2, 16, 420)
    assert training.beta_warmup_epochs == 1.0 and training.lr_warmup_epochs == pytest.approx(0.1)
    assert (training.gradient_clipnorm, training.gradient_skipnorm) == (0.0, 800.0)
    assert training.weight_decay == 0.0
    assert (training.gamma_max_steps, training.scaled_gamma) == (2812, False)
    unused = capsys.readouterr().err
    assert experiment.run.name == "some_run" and "run.name" not in unused
    assert "data.random_horizontal_flip" in unused
    assert "synthesis.temperature_settings" in unused and "up_strides" not in unused
    assert "gamma" not in unused


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("'cifar-10'", "'lsun'", "there is no data set lsun32 here. Received: lsun"),
        ("'Adamax'", "'Radam'", "optimizer.type: allowed are Adamax, Adam. Received: Radam"),
        ("[1] + [4] + [1] * 1", "[1] + 4", "model.up_strides: cannot be computed"),
        ("up_filters = [16] * 3", "", "up_filters is missing"),
        ("up_filters = [16] * 3", "up_filters = [16] * 2", "up_filters: needs 3 values"),
        (
            "gamma_max_steps = 2 * 1406",
            "",
            "loss.gamma_max_steps: use_gamma_schedule needs it. Received: none",
        ),
        ("[loss]", "[lost]", r"section \[loss\] is missing"),
        ("[run]", "run", "is no such file"),
    ],
)
def test_mistakes_are_named(file, old, new, message):
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(UserError, match=message):
        read_efficient_vdvae_cfg(file, {"cifar10": 50000})


def test_a_data_set_of_unknown_size_is_refused(file):
    text = TEXT.replace("'cifar-10'", "'images'").replace("target_res = 32", "target_res = 64")
    file.write_text(text)
    with pytest.raises(UserError, match="how many images images64 has is not known"):
        read_efficient_vdvae_cfg(file, {"images64": 0})


def test_nothing_in_a_file_runs(file, tmp_path):
    code = f"__import__('pathlib').Path('{tmp_path}/ran').write_text('x')"
    file.write_text(TEXT.replace("4 * 4", code))
    assert main.main(["--config", str(file)]) == 2
    assert not (tmp_path / "ran").exists()
