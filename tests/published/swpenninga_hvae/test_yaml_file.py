"""YAML files of github.com/swpenninga/hvae give the model and the training that they ask for."""

import math

import pytest
import yaml

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.published.swpenninga_hvae.yaml_file import DEFAULTS
from utils.command_line.training_request import parse_training_arguments
from utils.experiments.config_files import read_config_file
from utils.experiments.experiment import Experiment

# What its three files have in common, where they differ from its command line's defaults.
FILE = {
    **DEFAULTS,
    "stage_in_width": [384],
    "enc_middle_width": [96],
    "dec_middle_width": [96],
    "enc_num_blocks": [7],
    "dec_num_blocks": [7],
    "z_out_width": 384,
    "z_out_middle_width": 96,
    "num_flows": [0, 0, 0, 4, 8, 8],
    "flow_in_ch": [0, 0, 0, 1, 2, 8],
    "num_ortho_vecs": [0, 0, 0, 4, 6, 8],
    "convsylv_channels": [32],
    "convsylv_splitfirst": [1],
    "convsylv_stage_limit": [2],
    "epochs": 1000,
    "early_stopping": 200,
    "learning_rate": "1e-4",
    "gradient_skipnorm": 500,
}
CIFAR10 = {
    **FILE,
    "dataset": "cifar10",
    "enc_num_blocks": [22, 11, 6, 3, 0, 1],
    "dec_num_blocks": [22, 11, 6, 3, 0, 1],
    "output_blocks": 5,
}
IMAGENET32 = {**FILE, "dataset": "imagenet32"}


@pytest.fixture
def parse(tmp_path):
    """Function from a file's values and further arguments to an `Experiment`."""

    def run(values, *arguments):
        path = tmp_path / "theirs.yaml"
        path.write_text(yaml.safe_dump(values))
        return parse_training_arguments(["--config", str(path), *arguments]).experiment

    return run


@pytest.mark.parametrize("values", [FILE, CIFAR10, IMAGENET32])
def test_a_file_means_what_it_means_there(values, parse, capsys):
    experiment = parse(values)
    run, model, training = experiment.run, experiment.model, experiment.training
    is_mnist = values["dataset"] == "mnist"
    assert run.dataset == values["dataset"] and run.jit == "auto" and run.save_dir == "out_folder/"
    assert model.image_size == ((28, 28) if is_mnist else (32, 32)) and model.levels == 256
    assert [str(scale) for scale in model.scales] == [f"{2**i}x{2**i}" for i in (5, 4, 3, 2, 1, 0)]
    assert list(model.dec_num_blocks) == values["dec_num_blocks"] and model.flow_type == "none"
    assert model.likelihood == ("bernoulli" if is_mnist else "dmol")
    assert (model.mixture_scale, model.min_log_scale) == ("exp", -30.0)
    assert (training.learning_rate, training.epochs, training.ema_decay) == (1e-4, 1000, 0.99)
    assert model.published_bins == ("off" if is_mnist else "openai_vdvae")
    assert not training.ema_ramp and training.gradient_skip_start == 3.0
    unit = 1 / 784 if is_mnist else math.log(2)
    assert training.adam_epsilon == pytest.approx(1e-7 * unit)
    skip_norm = 500 * unit
    assert training.gradient_skipnorm == pytest.approx(skip_norm) and not training.gradient_clipnorm
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "theirs.yaml: read as swpenninga/hvae" in said
    assert f"gradient_skipnorm 500 of {'an image' if is_mnist else 'bits/dim'}" in said
    assert "validation images come from the training split" in said


def test_typed_flags_come_after_it(parse):
    experiment = parse(CIFAR10, "--flow_type", "sylvester", "--optimizer", "adamw", "--gpu", "none")
    assert experiment.model.num_flows == (0, 0, 0, 4, 8, 8) and experiment.run.gpu == "none"
    assert parse({**CIFAR10, "optimizer": "sgd"}).training.ema_decay == 0.9999
    with pytest.raises(
        UserError, match="num_flows: needs a flow_type other than none. Received: 2"
    ):
        parse(CIFAR10, "--num_flows", "2")


def test_its_defaults_are_a_configuration_of_ours(parse):
    ours = parse_training_arguments(["--config", "hvae_defaults"]).experiment
    assert ours == parse(DEFAULTS)


def test_ours_are_read_as_ours(parse, capsys):
    printed = parse({"dataset": "digits"}).to_flat()
    capsys.readouterr()
    assert parse(printed) == Experiment.from_flat(printed)
    assert capsys.readouterr().err == ""


def test_the_model_of_its_cifar10_has_as_many_parameters(tmp_path):
    """Counted there: by width w = 384, m = 96, z = 16, without the 2x2 scale."""
    (tmp_path / "cifar10.yaml").write_text(yaml.safe_dump(CIFAR10))
    config = Experiment.from_flat(read_config_file(tmp_path / "cifar10.yaml").values).model
    w, m, z, counts = 384, 96, 16, {32: 22, 16: 11, 8: 6, 4: 3, 1: 1}

    def block(read, gives, size):
        kernel = 9 if size > 2 else 1
        return (read * m + m) + 2 * (kernel * m * m + m) + (m * gives + gives)

    encoder = 3 * 9 * w + w + sum(n * block(w, w, size) for size, n in counts.items())
    decoder = w + sum(
        n
        * (
            block(2 * w, 2 * z, size)  # q
            + block(w, 2 * z + w, size)  # p
            + (block(w, w, size) + z * w + w)  # the way on
            + (z * w + w)  # to the sum of latents
        )
        for size, n in counts.items()
    )
    decoder -= block(w, w, 32) + z * w + w  # of the last block nothing goes on
    head = (w * w + w) + 5 * block(w, w, 32) + (9 * w * 100 + 100)
    assert w * w + w == 147_840
    assert HVAE(config).count_params() == encoder + decoder + head
