"""From a published file to a run that the other commands take."""

import argparse
import json

import numpy as np
import pytest
import yaml
from keras import ops

import hvae
from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config
from hvae.published.efficient_vdvae_jax.tensors import RayhaneEfficientVDVAEInJAX
from hvae.published.mgp123_nvae.hyperparameters import mgp123_nvae_config
from hvae.published.nvlabs_nvae.hyperparameters import nvlabs_nvae_config
from hvae.published.openai_vdvae.hyperparameters import openai_vdvae_config
from hvae.published.openai_vdvae.tensors import OpenAIVDVAE
from hvae.published.weight_files import read_weight_file
from tests.conftest import GOLDEN, read_published
from utils.command_line.script import run_script
from utils.import_weights import import_weights, parse_arguments


def main(arguments):
    return run_script(parse_arguments, lambda: import_weights, arguments)


@pytest.fixture(scope="module")
def published(golden, tmp_path_factory):
    """State dict, configuration file in block strings, and the folder they are in."""
    _, state, hparams = read_published(golden, "openai_vdvae_tiny.npz")
    folder = tmp_path_factory.mktemp("published")
    values = {"dataset": "cifar10", "epochs": 2, **to_dict(openai_vdvae_config(hparams))}
    for name in ("num_scales", "enc_num_blocks", "enc_pool_blocks", "dec_num_blocks"):
        del values[name]
    values |= {key: hparams[key] for key in ("enc_blocks", "dec_blocks")}
    (folder / "tiny.yaml").write_text(yaml.safe_dump(values))
    return folder, state, hparams


def write(path, state):
    if path.suffix == ".npz":
        np.savez(path, **state)
    elif path.suffix == ".safetensors":
        pytest.importorskip("safetensors.numpy").save_file(state, path)
    else:
        torch = pytest.importorskip("torch")
        torch.save({k: torch.tensor(v) for k, v in state.items()}, path)


@pytest.fixture(scope="module")
def imported(published, tmp_path_factory):
    """The run that NumPy's file becomes, and the arguments that make it."""
    folder, state, _ = published
    folder_of_run = tmp_path_factory.mktemp("imported")
    write(folder_of_run / "model.npz", state)
    return folder_of_run / "run", import_to_run(folder, folder_of_run / "model.npz")


def import_to_run(folder, file):
    """Import a file into a run beside it; gives the arguments."""
    arguments = ["openai_vdvae", str(file), "--config", str(folder / "tiny.yaml")]
    arguments += ["--out", str(file.with_name("run"))]
    assert main(arguments) == 0
    return arguments


def test_a_file_becomes_a_run(published, imported, capsys):
    run, arguments = imported
    _, state, hparams = published
    expected = OpenAIVDVAE().read(state, hparams)
    assert yaml.safe_load((run / "config.yaml").read_text())["split_of"] == "openai"
    for weights in ("ema", "raw"):
        model = hvae.load_model(run, weights=weights)
        assert model.config == expected.config
        for a, b in zip(model.variables, expected.variables):
            np.testing.assert_array_equal(ops.convert_to_numpy(a), ops.convert_to_numpy(b))
    assert main(arguments) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["model.th", "model.safetensors"])
def test_files_of_other_formats_become_the_same_run(published, imported, name, tmp_path):
    folder, state, _ = published
    write(tmp_path / name, state)
    import_to_run(folder, tmp_path / name)
    assert contents(tmp_path / "run") == contents(imported[0])


def contents(run):
    """The configuration, and by file the weights by name."""
    files = {}
    for path in run.glob("*.weights.h5"):
        arrays = read_weight_file(path)
        files[path.name] = {name: array.tobytes() for name, array in arrays.items()}
    return yaml.safe_load((run / "config.yaml").read_text()), files


def test_mistakes_get_one_line(published, tmp_path, capsys):
    folder, state, _ = published
    write(tmp_path / "model.npz", {k: v for k, v in state.items() if k != "decoder.gain"})
    (tmp_path / "broken.th").write_bytes(b"PK\x03\x04")
    (tmp_path / "model.txt").write_text("")
    for file, message in (
        ("model.npz", "the checkpoint lacks decoder.gain"),
        ("broken.th", "is damaged or holds more than tensors"),
        ("model.txt", "allowed are files ending in"),
        ("nothing.npz", "no such file"),
    ):
        arguments = ["openai_vdvae", str(tmp_path / file), "--config", str(folder / "tiny.yaml")]
        assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
        error = capsys.readouterr().err
        assert message in error.splitlines()[-1] and error.count("error: ") == 1
        assert not (tmp_path / "out").exists()


def test_a_file_with_code_in_it_is_refused(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"weight": print}, tmp_path / "evil.pt")
    with pytest.raises(UserError, match="is damaged or holds more than tensors"):
        read_weight_file(tmp_path / "evil.pt")


def test_a_file_of_nvae_goes_with_its_own_yaml(golden, tmp_path):
    torch = pytest.importorskip("torch")
    _, state, hparams = read_published(golden, "nvae_mgp123_tiny.npz")
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(hparams))
    tensors = {name: torch.tensor(value) for name, value in state.items()}
    torch.save({"state_dict": tensors, "model_arch": "tiny.yaml"}, tmp_path / "tiny.model")
    arguments = [
        "mgp123_nvae",
        str(tmp_path / "tiny.model"),
        "--config",
        str(tmp_path / "tiny.yaml"),
    ]
    assert main([*arguments, "--out", str(tmp_path / "run")]) == 0
    model = hvae.load_model(tmp_path / "run")
    assert model.config == mgp123_nvae_config(hparams)
    kernel = state["initial_transform.weight_v"].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(ops.convert_to_numpy(model.encoder.stem[0].direction), kernel)


def test_a_file_with_an_average_becomes_a_run_with_both(golden, tmp_path):
    d, _, hparams = read_published(golden, "efficient_vdvae_jax_tiny.npz")
    values = {**to_dict(efficient_vdvae_config(hparams)), "dataset": "cifar10"}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(values))
    file = str(GOLDEN / "efficient_vdvae_jax_checkpoint")
    arguments = ["efficient_vdvae_jax", file, "--config", str(tmp_path / "tiny.yaml")]
    assert main([*arguments, "--out", str(tmp_path / "run")]) == 0
    tensors = RayhaneEfficientVDVAEInJAX().load(file).tensors
    for weights, state in tensors.items():
        model = hvae.load_model(tmp_path / "run", weights=weights)
        assert model.config.even_kernel_padding == "end"
        kernel = ops.convert_to_numpy(model.encoder.stem[0].kernel)
        np.testing.assert_array_equal(kernel, state["bottom_up/input_conv/conv/kernel"])


def test_a_checkpoint_of_nvlabs_has_its_configuration_with_it(golden, tmp_path):
    torch = pytest.importorskip("torch")
    d = golden("nvlabs_nvae_tiny.npz")
    state = {k.removeprefix("state/"): d[k] for k in d.files if k.startswith("state/")}
    args = json.loads(str(d["args_json"]))
    tensors = {name: torch.tensor(value) for name, value in state.items()}
    contents = {"state_dict": tensors, "args": argparse.Namespace(**args), "epoch": 1}
    torch.save(contents, tmp_path / "checkpoint.pt")
    arguments = ["nvlabs_nvae", str(tmp_path / "checkpoint.pt"), "--out", str(tmp_path / "run")]
    assert main(arguments) == 0
    model = hvae.load_model(tmp_path / "run")
    assert model.config == nvlabs_nvae_config(args)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(model.decoder.initial_states[0].state),
        state["prior_ftr0"].transpose(1, 2, 0)[None],
    )
    assert "split_of: nvae" in (tmp_path / "run" / "config.yaml").read_text()


def test_a_file_without_hyper_parameters_needs_a_configuration(published, tmp_path, capsys):
    _, state, _ = published
    write(tmp_path / "model.npz", state)
    arguments = ["openai_vdvae", str(tmp_path / "model.npz"), "--out", str(tmp_path / "run")]
    assert main(arguments) == 2
    assert "config: must be given" in capsys.readouterr().err


def test_images_are_those_of_the_data_set(tmp_path):
    arguments = ["efficient_vdvae", "model.pt", "--config", "efficient_celeba64"]
    request = parse_arguments([*arguments, "--out", str(tmp_path / "run")])
    assert request.experiment.model.image_size == (64, 64)
