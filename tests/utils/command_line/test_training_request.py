"""What `main.py` makes of its arguments, without training."""

import os
import pathlib
import subprocess
import sys

import keras
import pytest
import yaml

import main
from hvae.errors import UserError
from hvae.families import FAMILIES
from hvae.files.states import state_file
from utils.command_line.training_request import parse_training_arguments
from utils.experiments.config_files import config_names, read_config_file
from utils.experiments.experiment import Experiment, all_fields, group_title, groups

ROOT = pathlib.Path(main.__file__).parent


def parse(*arguments):
    return parse_training_arguments(list(arguments)).experiment


def test_typed_flags_override_the_file_and_nothing_else():
    file, typed = (
        parse("--config", "cifar10", *flags).to_flat()
        for flags in ([], ["--batch_size", "24", "--z_width", "16", "16", "8", "8", "4", "4"])
    )
    changed = {name for name in file if file[name] != typed[name]}
    assert changed == {"batch_size", "z_width"}
    assert typed["batch_size"] == 24 and typed["z_width"] == [16, 16, 8, 8, 4, 4]
    # A flag typed with its default's value overrides the file too.
    assert parse("--config", "cifar10", "--optimizer", "adamax").training.optimizer == "adamax"


def test_the_file_overrides_the_defaults():
    values, *others = read_config_file("digits")
    assert others == [[], []]
    flat, defaults = parse("--config", "digits").to_flat(), parse().to_flat()
    for name, value in values.items():
        assert flat[name] in (value, [value]), name
    assert all(flat[name] == defaults[name] for name in flat if name not in values)


@pytest.mark.parametrize("name", config_names())
def test_every_configuration_in_cfg_is_valid(name):
    experiment = parse("--config", name)
    again = Experiment.from_flat(yaml.safe_load(yaml.safe_dump(experiment.to_flat())))
    assert again == experiment


@pytest.mark.parametrize(
    ("name", "split_of"),
    [
        ("cifar10", "openai"),
        ("imagenet32", "openai"),
        ("ffhq256", "openai"),
        ("ffhq1024", "openai"),
        ("efficient_cifar10", "efficient"),
        ("efficient_mnist", "efficient"),
        ("cifar10_nvae", "nvae"),
        ("celeba64_nvae", "nvae"),
        ("cifar10_lvae", "lvae"),
        ("svhn_lvae", "lvae"),
        ("mnist_lvae", "lvae"),
        ("digits", "own"),
    ],
)
def test_published_settings_come_with_their_codebases_splits(name, split_of):
    assert parse("--config", name).run.split_of == split_of


def test_another_data_set_leaves_a_files_splits():
    assert parse("--config", "cifar10", "--dataset", "svhn").run.split_of == "own"
    assert parse("--config", "cifar10", "--dataset", "cifar10").run.split_of == "openai"
    with pytest.raises(UserError, match="split_of: of svhn there are own, lvae. Received: openai"):
        parse("--config", "cifar10", "--dataset", "svhn", "--split_of", "openai")


def test_the_paper_settings_of_cifar10():
    model = parse("--config", "cifar10").model
    assert model.dec_num_blocks == (22, 11, 6, 3, 0, 1) and model.image_size == (32, 32)
    assert model.enc_num_blocks == (11, 6, 6, 3, 0, 3)
    assert model.enc_pool_blocks == (1, 1, 1, 1, 0, 0)
    assert model.stage_in_width == (384,) and model.enc_middle_width == (96,)


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        (["--no-save"], False),
        (["--save"], True),
        (["--save", "False"], False),
        (["--save", "true"], True),
        (["--save=off"], False),
    ],
)
def test_booleans_have_several_forms(flags, value):
    assert parse(*flags).run.save is value


def test_a_hyphen_is_an_underscore_and_an_old_name_says_the_new_one(capsys):
    training = parse("--batch-size", "7", "--lr=0.5", "--no-use-ema").training
    assert (training.batch_size, training.learning_rate, training.use_ema) == (7, 0.5, False)
    assert capsys.readouterr().err == "--lr is --learning_rate here\n"
    assert parse("--config", "digits_lvae", "--no-initial-downscaling").model.no_initial_downscaling


def test_ladder_vae_s_example_command(capsys):
    """As its README has it."""
    command = """--zdims 32 32 32 --downsample 1 1 1 --nonlin elu --skip --blocks-per-layer 4
        --gated --freebits 0.5 --learn-top-prior --data-dep-init --seed 42 --dataset static_mnist"""
    experiment = parse(*command.split())
    model, training = experiment.model, experiment.training
    assert (experiment.run.dataset, experiment.run.binarize) == ("mnist", "static")
    assert model.model_family == "lvae" and model.likelihood == "bernoulli"
    assert (model.zdims, model.blocks_per_layer) == ((32, 32, 32), 4)
    assert model.skip and model.gated and model.learn_top_prior
    assert (training.free_bits, training.data_dep_init, training.seed) == (0.5, True, 42)
    assert capsys.readouterr().err.splitlines() == [
        "--freebits is --free_bits here",
        "--dataset static_mnist is --dataset mnist --binarize static here",
        "model_family lvae, to which zdims belongs",
    ]


@pytest.mark.parametrize(
    ("flags", "value"),
    [
        ([], "auto"),
        (["--jit"], "on"),
        (["--no-jit"], "off"),
        (["--jit", "True"], "on"),
        (["--jit", "off"], "off"),
        (["--jit", "auto"], "auto"),
    ],
)
def test_a_switch_can_be_left_to_the_program(flags, value):
    assert parse(*flags).run.jit == value


def test_the_data_set_decides_what_it_knows():
    digits, binary = parse(), parse("--dataset", "mnist", "--binarize", "dynamic")
    assert (digits.model.image_size, digits.model.levels, digits.model.likelihood) == (
        (8, 8),
        17,
        "dmol",
    )
    assert (binary.model.levels, binary.model.likelihood) == (2, "bernoulli")


def test_printed_configuration_is_all_that_counts_and_reads_back(capsys, tmp_path):
    assert main.main(["--config", "cifar10", "--z_width", "8", "--print_config"]) == 0
    printed = capsys.readouterr().out
    others = set(FAMILIES.names()) - {"vdvae"}
    counts = {name for name, f in all_fields().items() if f.metadata["group"] not in others}
    assert set(yaml.safe_load(printed)) == counts
    for group in groups():
        assert (f"# {group}\n" in printed) == (group not in others)
    (tmp_path / "again.yaml").write_text(printed)
    assert parse("--config", str(tmp_path / "again.yaml")) == parse(
        "--config", "cifar10", "--z_width", "8"
    )


WRONG = {
    "flag": (["--z_widht", "8"], "unknown flag --z_widht; did you mean --z_width?"),
    "abbreviation": (["--z_wid", "8"], "unknown flag --z_wid; did you mean --z_width?"),
    "config": (["--config", "nope"], "unknown config nope; there are "),
    "type": (["--batch_size", "many"], "batch_size: must be a whole number. Received: 'many'"),
    "fraction": (["--batch_size", "1.5"], "batch_size: must be a whole number"),
    "length": (
        ["--z_width", "1", "2", "3"],
        "z_width: needs 1 value or 4, one for each scale (heights 8 4 2 1). Received: 3 values",
    ),
    "family": (
        ["--model_family", "vae"],
        "model_family: allowed are efficient_vdvae, lvae, ",
    ),
    "flag of another family": (
        ["--config", "digits", "--zdims", "5", "5", "5"],
        "zdims: only model_family lvae reads it. Received: model_family vdvae",
    ),
    "file of another family": (
        ["--config", "digits_lvae", "--model_family", "nvae"],
        "zdims: only model_family lvae reads it. Received: model_family nvae",
    ),
    "groups": (["--block_gn", "--stage_in_width", "12"], "divisible by 8 groups. Received: 12"),
    "no boolean": (["--save", "maybe"], "save: must be true or false. Received: 'maybe'"),
    "choice": (["--scheduler", "cosine"], "scheduler: allowed are none, exp, cosd, cosdr"),
    "flow": (["--flow_type", "planar"], "flow_type: allowed are none, conv_sylvester, iaf, "),
    "attention": (
        ["--use_depthwise_attention", "--num_scales", "1"],
        "use_depthwise_attention: needs at least 2 scales. Received: 1",
    ),
    "pairs": (["--cr_vae", "--batch_size", "7"], "batch_size: must be even with cr_vae"),
    "backend": (["--backend", "openvino"], "backend: training is allowed with tensorflow, jax, "),
    "gpus": (
        ["--gpu", "0,x"],
        "gpu: allowed are numbers of GPUs, as 0 or 0,1, or none. Received: ",
    ),
    "no run": (["--resume", "nowhere"], "no such run: nowhere"),
    "resume what": (["--resume"], "--resume needs the folder of a run, or --name"),
    "value missing": (["--batch_size"], "batch_size: needs one value. Received: none"),
    "name": (["--name", "a/b"], "name: must be the name of a folder in runs/"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_get_one_line_and_exit_code_2(case, capsys):
    arguments, message = WRONG[case]
    assert main.main(arguments) == 2
    output = capsys.readouterr()
    assert message in output.err
    assert output.err.count("\n") == 1 and "Traceback" not in output.err
    assert output.out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z_widht: 8", "unknown key z_widht; did you mean z_width?"),
        ("z_width: [", "is not valid YAML"),
        ("z_width: 8\nepochs: 3\nz_width: 9", "key z_width is there twice, again in line 3"),
        ("- 1\n- 2", "must hold names and values. Received: [1, 2]"),
        ("z_width: wide", "z_width: must be a whole number. Received: 'wide'"),
        ("dataset: cifar10\nimage_size: [8, 8]", "image_size: the images of cifar10 have [32, 32]"),
    ],
)
def test_mistakes_in_a_file_get_one_line(text, message, tmp_path, capsys):
    (tmp_path / "wrong.yaml").write_text(text)
    assert main.main(["--config", str(tmp_path / "wrong.yaml")]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


@pytest.mark.parametrize("visible", ["2", ""])
def test_the_environment_comes_before_a_flag_that_nobody_typed(visible, monkeypatch, tmp_path):
    (tmp_path / "own.yaml").write_text("gpu: 0\n")
    for arguments, expected in (
        (["--config", "digits"], visible),
        (["--config", str(tmp_path / "own.yaml")], visible),
        (["--gpu", "1"], "1"),
        (["--gpu", "none"], ""),
    ):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        request = parse_training_arguments(arguments)
        request.set_environment()
        assert os.environ["CUDA_VISIBLE_DEVICES"] == expected
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    parse_training_arguments([]).set_environment()
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"


def test_what_yaml_reads_otherwise_is_understood(tmp_path):
    (tmp_path / "theirs.YML").write_text("gpu: 0\nname: 2024\nbinarize: no\nlimit_train: 5\n")
    run = parse("--config", str(tmp_path / "theirs.YML")).run
    assert (run.gpu, run.name, run.binarize, run.limit_train) == ("0", "2024", "none", 5)


def test_keras_s_own_variable_names_the_backend(monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", "openvino")
    assert main.main(["--config", "digits"]) == 2
    assert "with tensorflow, jax, torch;" in (error := capsys.readouterr().err)
    assert error.endswith("Received: openvino, from KERAS_BACKEND\n") and error.count("\n") == 1
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert main.main(["--config", "digits", "--print_config"]) == 0
    assert "\nbackend: jax\n" in capsys.readouterr().out
    assert parse_training_arguments(["--backend", "tensorflow"]).backend == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    assert main.main([]) == 2
    assert "KERAS_BACKEND: allowed are tensorflow, jax, " in capsys.readouterr().err


def test_a_gpu_that_is_not_there_is_refused_where_it_is_typed(monkeypatch, capsys):
    from hvae.training.backends.backend import training_backend

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(training_backend(), "has_accelerator", lambda: False)
    assert main.main(["--config", "digits", "--gpu", "3"]) == 2
    assert f"gpu: {keras.config.backend()} finds no such one; " in capsys.readouterr().err


def test_scientific_notation_without_a_dot_is_a_number(tmp_path):
    (tmp_path / "seed.yaml").write_text("learning_rate: 1e-4\n")
    assert parse("--config", str(tmp_path / "seed.yaml")).training.learning_rate == 1e-4


def test_help_groups_every_flag_and_needs_no_backend():
    command = [sys.executable, "-X", "importtime", "main.py", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "tensorflow" not in done.stderr and " keras\n" not in done.stderr
    for group in groups():
        assert f"\n{group_title(group)}:\n" in done.stdout
    of_lvae = done.stdout.split("only with --model_family lvae:\n")[1].split("\n\n")[0]
    assert "--zdims N" in of_lvae and "--channel_towers N" not in of_lvae
    for name, field in all_fields().items():
        assert (f"--{name}" in done.stdout) == field.metadata["flag"]


def test_every_flag_of_the_seed_exists():
    # Those that swpenninga/hvae describes.
    names = """backend dataset gpu jit save save_dir b_act p_act block_gn depthwise
        num_output_mixtures init_zeros increase_kernelsize stage_in_width enc_middle_width
        dec_middle_width z_width enc_num_blocks dec_num_blocks output_blocks z_out_width
        z_out_middle_width flow_type num_flows flow_in_ch num_ortho_vecs spectral_norm
        convsylv_channels convsylv_flows_per_stage convsylv_splitfirst convsylv_stage_limit
        use_depthwise_attention query_width num_queries batch_size batch_size_div cr_vae cr_lambda
        cr_duplicate_noise epochs early_stopping learning_rate learning_rate_end lr_warmup_epochs
        scheduler optimizer weight_decay use_ema gradient_smoothing gradient_clipnorm
        gradient_skipnorm beta beta_warmup_epochs cyclic_beta number_cycles""".split()
    assert set(names) <= set(all_fields())


def test_resume_refuses_to_change_the_model(tmp_path):
    from utils.experiments.config_files import experiment_to_yaml

    run = tmp_path / "run"
    run.mkdir()
    (run / "config.yaml").write_text(experiment_to_yaml(parse("--config", "digits")))
    (run / state_file(0)).touch()
    resumed = parse("--resume", str(run), "--epochs", "500")
    assert resumed.training.epochs == 500 and resumed.run.name == "run"
    assert resumed.model == parse("--config", "digits").model
    with pytest.raises(UserError, match=r"z_width: a resumed run keeps \[4\]. Received: \[8\]"):
        parse("--resume", str(run), "--z_width", "8")
    with pytest.raises(UserError, match="model_family: a resumed run keeps vdvae. Received: lvae"):
        parse("--resume", str(run), "--model_family", "lvae")
    with pytest.raises(UserError, match="--resume .* does not go with --config"):
        parse("--resume", str(run), "--config", "digits")


def test_images_take_any_size_and_the_model_follows():
    def images(*flags):
        return parse("--dataset", "images", "--data_dir", "photos", *flags)

    square, wide = images("--image_size", "128"), images("--image_size", "48", "80")
    assert square.model.image_size == (128, 128) and len(square.model.scales) == 8
    assert wide.model.image_size == (48, 80) and str(wide.model.scales[0]) == "64x128"
    assert (square.model.image_channels, square.model.likelihood) == (3, "dmol")
    assert images().model.image_size == (64, 64)
    grey = images("--channels", "1", "--background", "black")
    assert grey.model.image_channels == 1
    assert grey.pictures == ((64, 64), 1, "black", False, 0, 0)
    # A file says 64x64 of its own data set, which is not this one.
    assert parse("--config", "imagenet64", "--dataset", "images").model.image_size == (64, 64)


def test_old_names_of_folders_are_said_anew(capsys):
    experiment = parse("--dataset", "images128", "--data_dir", "photos")
    assert (experiment.run.dataset, experiment.model.image_size) == ("images", (128, 128))
    line = "--dataset images128 is --dataset images --image_size 128 here"
    assert line in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--image_size", "1", "2", "3"], "image_size: must be a height and a width"),
        (["--image_size", "0"], "image_size: must be at least 1. Received: 0"),
        (["--image_size", "x"], "image_size: must be a whole number. Received: 'x'"),
        (["--channels", "2"], "image_channels: allowed are 1, 3. Received: 2"),
        (["--background", "wite"], "background: must be a colour"),
        (["--dataset", "mnist", "--image_size", "32"], r"image_size: the images of mnist have"),
        (["--dataset", "mnist", "--skip_unreadable"], "skip_unreadable: only dataset images"),
    ],
)
def test_images_that_cannot_be_are_one_line(flags, message):
    with pytest.raises(UserError, match=message):
        parse("--dataset", "images", *flags)


def test_a_size_without_a_data_set_names_those_of_it():
    with pytest.raises(
        UserError, match="are 1024x1024; of this size are celebahq1024, ffhq1024, images$"
    ):
        parse("--image_size", "1024")


def test_published_colour_models_flip_where_their_code_does():
    flips = {name for name in config_names() if parse("--config", name).run.horizontal_flip}
    efficient = ("celeba64", "cifar10", "ffhq256", "imagenet32", "imagenet64")
    assert flips == {"cifar10_nvae", "celeba64_nvae", *(f"efficient_{n}" for n in efficient)}
