"""Mistakes that are refused before a backend is loaded: each in one line."""

import pytest

import main
from utils.command_line.training_request import parse_training_arguments

NESTED_LISTS = "a: " + "[" * 3000 + "]" * 3000
NESTED_MAPPINGS = "{a: " * 3000 + "1" + "}" * 3000
# Each list holds the one before nine times: 3e8 words, if anybody wrote the last one out.
NAMES = ("beta", "epochs", "free_bits", "num_flows", "z_width", "batch_size", "gpu", "name")
ALIASES = "learning_rate: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{chr(98 + i)} [{', '.join(9 * [f'*{chr(97 + i)}'])}]\n"
    for i, name in enumerate(NAMES)
)


def refused(capsys, *arguments):
    """The line of a mistake."""
    assert main.main(list(arguments)) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and len(error) < 1000
    assert error.rstrip("\n").isprintable()
    return error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "wrong.yaml must hold names and values. Received: an empty file"),
        ("# nothing\n---\n", "wrong.yaml must hold names and values. Received: an empty file"),
        (NESTED_LISTS, "nested too deep"),
        (NESTED_MAPPINGS, "nested too deep"),
        ("a: [1\nb: 2", "YAML: line 2: expected ',' or ']', but got ':'"),
        ("a: !!python/name:os.abort", "YAML: line 1: could not determine a constructor for the"),
        ("seed: \1", "YAML: character 0x1 at place 6: special characters are not allowed"),
        (f"seed: {'9' * 5000}", "has 5000 digits\n"),
        (ALIASES, "gpu: must be text. Received: [[[...], [...], [...], [...], [...], [...], ...]"),
        ("name: &a [*a]", "name: must be text. Received: [[[...]]]"),
        ("model_family: &a [*a]", "model_family: allowed are"),
        ("? [1, 2]\n: 3", "the key in line 1 is no word"),
        ('name: "a\\0b"', "name: must be text without control characters. Received: 'a\\x00b'"),
        ('save_dir: "a\\nb"', "save_dir: must be text without control characters"),
        ('"a\\0b": 1', "unknown key a\\x00b"),
        ("image_size: [8, 8, 8]", "image_size: must be a height and a width, or one number"),
        ("image_size: {a: 1}", "image_size: must be a height and a width, or one number"),
        ("enc_blocks: 8x99999999\ndec_blocks: 8x1", "enc_blocks: at most 1000 blocks in a part"),
        ("enc_blocks: 8x1\ndec_blocks: 8x1\nimage_size: []", "image_size: must be a height"),
        ("learning_rate: 1.0e+300", "learning_rate: must be at most 1e+30"),
    ],
)
def test_files(tmp_path, capsys, text, message):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    assert message in refused(capsys, "--config", str(path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--z_width 16,16,8,8", "several separated by spaces, as 16 16 8. Received: '16,16,8,8'"),
        ("--z_width ²", "z_width: must be a whole number. Received: '²'"),
        ("--num_scales 1 --z_width 2 2", "z_width: needs 1 value (heights 8). Received: 2 values"),
        ("--gpu ²", "gpu: allowed are numbers of GPUs, as 0 or 0,1, or none. Received: ²"),
        ("--stage_in_width 99999", "stage_in_width: must be at most 16384 channels"),
        ("--enc_num_blocks 1000000000", "enc_num_blocks: must be at most 1000 blocks"),
        ("--dec_num_blocks 999", "latent blocks: at most 1000 in all. Received: 3996"),
        ("--num_output_mixtures 1000000000", "num_output_mixtures: must be at most 1000"),
        ("--reconstruct_from state --dec_steps 1x99999999", "dec_steps: at most 1000 blocks"),
        ("--batch_size 99999999999", "batch_size: must be at most 1000000000 images"),
        ("--min_log_scale 1e29", "min_log_scale: must be at most 30.0"),
        ("--model_family nvae --num_cells_per_block_prepost 2000", "must be at most 1000 cells"),
        ("--model_family nvae --initial_splits_per_scale 2000", "must be at most 1000. Received"),
    ],
)
def test_sizes_and_numbers(capsys, arguments, message):
    assert message in refused(capsys, *arguments.split())


def test_names_that_no_system_has(capsys):
    assert "no argument has a NUL character" in refused(capsys, "--name", "a\0b")
    assert "x: File name too long" in refused(capsys, "--name", "x" * 3000)


def test_a_name_that_exists(capsys, tmp_path):
    """Before anything is loaded, which takes long."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").touch()
    arguments = ["--save_dir", str(tmp_path), "--name", "taken"]
    assert "taken exists; give --resume" in refused(capsys, *arguments)
    assert "is not a run, it is not deleted" in refused(capsys, *arguments, "--reset")
    assert parse_training_arguments([*arguments, "--no-save"]).name == "taken"
