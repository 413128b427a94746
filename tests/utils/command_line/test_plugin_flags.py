"""`--plugin`: what the two scripts make of it, from training to use."""

import pytest
import yaml

import hvae
import load_model
import main
from hvae.errors import UserError
from tests.plugins import as_in_a_new_process, documented_plugin
from utils.command_line.training_request import parse_training_arguments
from utils.command_line.use_request import parse_use_arguments

TINY = """--config digits --num_scales 1 --enc_num_blocks 0 --dec_num_blocks 1 --stage_in_width 8
    --enc_middle_width 8 --dec_middle_width 8 --z_width 2 --output_blocks 0 --z_out_width 8
    --z_out_middle_width 8 --limit_eval 8 --batch_size 8 --epochs 1 --no-jit""".split()
DATASET = '''
import numpy as np

from data import register_dataset
from data.sets.base import Dataset, DatasetInfo, Splits


@register_dataset("dots")
class Dots(Dataset):
    """One bright pixel."""

    info = DatasetInfo(image_size=(8, 8), image_channels=1, levels=17, num_train=16)

    def load(self, data_dir=None):
        places = np.random.default_rng(0).integers(0, 64, 32)
        images = (np.eye(64, dtype="uint8")[places] * 16).reshape(-1, 8, 8, 1)
        return Splits(images[:16], images[16:24], images[24:])
'''


@pytest.fixture(autouse=True)
def _new_process(monkeypatch):
    for name in ("KERAS_BACKEND", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with as_in_a_new_process():
        yield


@pytest.fixture
def laplace(tmp_path):
    """Path of the documented plugin, which leaves a file `executed` where it is run."""
    path = tmp_path / "laplace.py"
    marker = tmp_path / "executed"
    path.write_text(f"{documented_plugin()}\nopen({str(marker)!r}, 'a').close()\n")
    return path


@pytest.fixture
def dots(tmp_path):
    path = tmp_path / "dots.py"
    path.write_text(DATASET)
    return path


def fails(run, arguments, capsys):
    """The one line that a script ends with."""
    capsys.readouterr()
    assert run([str(argument) for argument in arguments]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: ")
    return line


def test_from_training_to_use(laplace, dots, tmp_path, capsys):
    place = ["--save_dir", tmp_path, "--name", "run"]
    typed = [*TINY, "--plugin", laplace, "--likelihood", "laplace", "--dataset", dots, *place]
    assert main.main([str(argument) for argument in typed]) == 0
    run, marker = tmp_path / "run", tmp_path / "executed"
    copies = [run / "plugins" / path.name for path in (dots, laplace)]
    assert [path.read_text() for path in copies] == [dots.read_text(), laplace.read_text()]
    config = yaml.safe_load((run / "config.yaml").read_text())
    assert (config["likelihood"], config["dataset"]) == ("laplace", "dots")
    assert "plugin" not in config

    marker.unlink()
    flags = [text for path in copies for text in ("--plugin", path)]
    with as_in_a_new_process():
        asked = f"runs only when you say so: --plugin {copies[0]} --plugin {copies[1]}"
        assert fails(load_model.main, [run, "evaluate"], capsys).endswith(asked)
        assert fails(main.main, ["--resume", run], capsys).endswith(asked)
        assert fails(main.main, ["--config", run / "config.yaml"], capsys).endswith(
            "svhn. Received: dots"
        )
        assert not marker.exists()
    with as_in_a_new_process():
        used = parse_use_arguments([str(x) for x in (run, "evaluate", *flags)])
        assert used.experiment.model.likelihood == "laplace" and marker.exists()
        assert hvae.load_model(run).likelihood.unit == "bits_per_dim"
    with as_in_a_new_process():
        resumed = parse_training_arguments([str(x) for x in ("--resume", run, *flags)])
        assert resumed.resume and resumed.experiment.model.likelihood == "laplace"
    laplace.write_text(laplace.read_text() + "# another\n")
    with as_in_a_new_process():
        other = ["--resume", run, "--plugin", laplace, "--plugin", dots]
        assert f"a resumed run keeps {copies[1]}. Received: {laplace}" in fails(
            main.main, other, capsys
        )


def test_values_and_flags_of_a_plugin_are_there_before_flags_are_read(laplace, capsys):
    assert "laplace" in fails(main.main, ["--likelihood", "laplac", "--plugin", laplace], capsys)
    with pytest.raises(SystemExit):
        main.main(["--help", "--plugin", str(laplace)])
    assert "gaussian_mixture,logistic_mixture,laplace}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([], "tensorflow"),
        (["--backend", "jax"], "jax"),
        (["--config", "FILE"], "torch"),
        (["--config", "FILE", "--backend", "jax"], "jax"),
    ],
)
def test_the_backend_is_chosen_before_it_is_executed(typed, expected, tmp_path):
    (tmp_path / "torch.yaml").write_text("backend: torch\ngpu: none\n")
    (tmp_path / "seen.py").write_text(
        f"import os\nopen({str(tmp_path / 'seen')!r}, 'w').write(os.environ['KERAS_BACKEND'])\n"
    )
    typed = [str(tmp_path / "torch.yaml") if text == "FILE" else text for text in typed]
    command = ["--plugin", str(tmp_path / "seen.py"), *typed]
    try:
        parse_training_arguments(command)
    except UserError as error:
        assert "training is allowed with tensorflow only" in str(error)
    assert (tmp_path / "seen").read_text() == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["--plugin"], "plugin: needs one value. Received: none"),
        (["--plugin", "nowhere.py"], "plugin: must be a file of Python, NAME.py. Received: now"),
        (["--plugin", "LAPLACE", "--backend", "theano"], "backend: allowed are tensorflow, "),
        (["--plugin", "LAPLACE", "--resume", "nowhere"], "no such run: nowhere"),
        (["--dataset", "LAPLACE"], "laplace.py must register one data set. Received: none"),
        (["--dataset", "dots.yaml"], "dataset: allowed are "),
    ],
)
def test_mistakes_are_one_line(typed, message, laplace, capsys):
    typed = [str(laplace) if text == "LAPLACE" else text for text in typed]
    assert message in fails(main.main, typed, capsys)


def test_a_file_of_a_configuration_names_no_plugin(laplace, tmp_path, capsys):
    (tmp_path / "wish.yaml").write_text(f"plugin: {laplace}\n")
    assert "unknown key plugin" in fails(main.main, ["--config", tmp_path / "wish.yaml"], capsys)
    (tmp_path / "wish.yaml").write_text(f"dataset: {laplace}\n")
    assert "dataset: allowed are" in fails(main.main, ["--config", tmp_path / "wish.yaml"], capsys)
    assert not (tmp_path / "executed").exists()


def test_every_mode_takes_it(capsys):
    for mode in ("generate", "export"):
        with pytest.raises(SystemExit):
            parse_use_arguments(["run", mode, "--help"])
        assert "--plugin FILE" in capsys.readouterr().out
