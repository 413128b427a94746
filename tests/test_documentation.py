"""Commands, links and pictures in the documentation are such as the package has."""

import pathlib
import re
import shlex

import pytest

from hvae.files.run_files import CONFIG, MOMENTS, WEIGHTS, weights_file
from hvae.files.states import state_file
from tests.plugins import as_in_a_new_process, documented_plugin
from utils.command_line.training_request import parse_training_arguments
from utils.command_line.use_request import parse_use_arguments
from utils.experiments.config_files import experiment_to_yaml
from utils.import_weights import parse_arguments as parse_import_arguments

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
#: A command: indented, or in a table; a comment may follow.
COMMAND = re.compile(r"(?:^    |`)(python (?:main|load_model)\.py[^`\n]*|python -m [^`\n]*)", re.M)
#: What stands for something of the reader's.
STANDS_FOR = {"MODE": "evaluate", "RUN": "runs/demo", "runs/NAME": "runs/demo", "[flags]": ""}
#: A file of mgp123/nvae.
PENGUIN = """
channel_towers: 32
number_of_scales: 3
initial_splits_per_scale: 6
latent_size: 20
num_flows: 1
input_dimension: 64
num_blocks_prepost: 1
num_cells_per_block_prepost: 2
cells_per_split_enc: 2
cells_per_input_dec: 2
channel_multiplier: 2
exponential_scaling: 2
sampling_method: logistic_mixture
"""


def commands():
    """Arguments of every command, by page and text."""
    for page in PAGES:
        for text in COMMAND.findall(page.read_text(encoding="utf-8")):
            words = shlex.split(text, comments=True)[1:]
            words = [STANDS_FOR.get(word, word) for word in words]
            yield pytest.param([w for w in words if w], id=f"{page.stem}: {text.split('  ')[0]}")


@pytest.fixture(scope="module")
def no_backend_chosen():
    """The environment of a reader who types the commands, not that of the tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("KERAS_BACKEND")
        yield


@pytest.fixture(scope="module")
def desk(tmp_path_factory, no_backend_chosen):
    """A folder with what the commands name: runs, plugins, photographs, files of others."""
    folder = tmp_path_factory.mktemp("desk")
    experiment = parse_training_arguments(["--config", "digits", "--name", "demo"]).experiment
    config = experiment_to_yaml(experiment)
    for name in ("demo", "digits", "imagenet32", "laplace"):
        run = folder / "runs" / name
        run.mkdir(parents=True)
        (run / CONFIG).write_text(config)
        for file in (state_file(0), *map(weights_file, sorted(2 * MOMENTS), 2 * WEIGHTS)):
            (run / file).touch()
    for name in ("laplace.py", "my_parts.py"):
        (folder / name).write_text(documented_plugin())
    (folder / "penguin.yaml").write_text(PENGUIN)
    (folder / "DIR").mkdir()
    for name in ("other_images.npy", "images.hvae"):
        (folder / name).touch()
    return folder


def read(words):
    """Read a command as its script does, without doing it."""
    if words[0] == "main.py":
        # The runs that it makes are there already, for the commands that use them.
        makes_run = "--resume" not in words
        return parse_training_arguments([*words[1:], *["--reset"][:makes_run]])
    if words[0] == "load_model.py":
        return parse_use_arguments(words[1:])
    if words[1] == "utils.import_weights":
        return parse_import_arguments([*words[2:-1], "runs/new"])
    path = ROOT.joinpath(*words[1].split("."))
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), words


@pytest.mark.parametrize("words", list(commands()))
def test_a_command_is_understood(words, desk, monkeypatch, capsys):
    monkeypatch.chdir(desk)
    with as_in_a_new_process():
        read(words)


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.stem)
def test_what_a_page_links_to_is_there(page):
    """`make docs` checks the links between pages of the site."""
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert targets
    for target in targets:
        assert (page.parent / target).exists(), target


def test_every_picture_is_on_a_page():
    pages = [*PAGES, ROOT / "benchmarks" / "README.md"]
    shown = {
        page.parent.joinpath(target).resolve()
        for page in pages
        for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == {path.resolve() for path in ROOT.glob("docs/images/**/*.png")}


def test_the_readme_is_read_in_minutes():
    assert (ROOT / "README.md").stat().st_size <= 8 * 1024
