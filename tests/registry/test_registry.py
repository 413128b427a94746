"""Parts by name, wherever they are."""

import subprocess
import sys

import pytest

from data.sets import DATASETS
from data.sets.base import Dataset, DatasetInfo
from hvae.errors import UserError
from hvae.export.formats import FORMATS
from hvae.export.parts import PARTS
from hvae.families import CONFIGS, FAMILIES
from hvae.flows.posterior import FLOWS
from hvae.likelihoods import LIKELIHOODS
from hvae.published import CODEBASES
from hvae.registry.registry import Registry
from utils.modes import MODES

REGISTRIES = (CODEBASES, CONFIGS, DATASETS, FAMILIES, FLOWS, FORMATS, LIKELIHOODS, MODES, PARTS)


@pytest.fixture
def datasets():
    """A registry of its own: what a test adds, no other one sees."""
    return Registry("dataset", "data.sets", "data.sets.base:Dataset")


def make_dataset(**members):
    members = {
        "info": DatasetInfo((2, 2), 1, 2, 1),
        "load": lambda self, data_dir=None: None,
    } | members
    return type("Made", (Dataset,), {"__module__": __name__, **members})


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.package)
def test_every_name_has_its_class(registry):
    assert registry.names()
    for name in registry.names():
        assert registry[name].__module__.startswith(f"{registry.package}.{name}")


def test_names_are_known_without_keras():
    code = (
        "import sys, data, hvae, hvae.config, hvae.likelihoods as l, hvae.flows.posterior as f\n"
        "assert 'dmol' in l.LIKELIHOODS.names() and f.flow_types()[0] == 'none'\n"
        "assert 'keras' not in sys.modules and 'data.sets.mnist' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_registered_class_has_its_name_beside_the_others(datasets):
    made = make_dataset()
    assert datasets.register("shapes")(made) is made
    assert datasets["shapes"] is made
    assert datasets.names() == (*DATASETS.names(), "shapes")
    assert datasets.names_from(__name__) == ("shapes",) and datasets.names_from("data") == ()


def test_an_unknown_name_is_refused_with_all_that_are_known(datasets):
    datasets.register("shapes")(make_dataset())
    with pytest.raises(UserError, match="^dataset: allowed are .*mnist.*, shapes. Received: none$"):
        datasets["none"]


def test_a_class_that_is_defined_anew_takes_the_place_of_the_old_one(datasets):
    old, new = make_dataset(), make_dataset()
    datasets.register("shapes")(old)
    datasets.register("shapes")(new)
    assert datasets["shapes"] is new


def test_a_name_that_is_taken_is_refused(datasets):
    with pytest.raises(UserError, match="^dataset mnist: the name is taken, by data.sets$"):
        datasets.register("mnist")(make_dataset())
    datasets.register("shapes")(make_dataset())
    other = make_dataset(__module__="elsewhere")
    with pytest.raises(UserError, match=f"the name is taken, by {__name__}.Made"):
        datasets.register("shapes")(other)


@pytest.mark.parametrize("name", ["my shapes", "", "3d", None])
def test_a_name_must_be_one_word(datasets, name):
    with pytest.raises(UserError, match="dataset: a name must be an identifier. Received: "):
        datasets.register(name)(make_dataset())


def test_what_is_no_such_part_is_refused(datasets):
    with pytest.raises(
        UserError, match="must be a subclass of data.sets.base.Dataset. Received: int"
    ):
        datasets.register("shapes")(int)
    with pytest.raises(UserError, match="must be a subclass of .* Received: <lambda>"):
        datasets.register("shapes")(lambda: None)
    abstract = type("Abstract", (Dataset,), {"__module__": __name__})
    with pytest.raises(UserError, match="dataset shapes: Abstract must define load"):
        datasets.register("shapes")(abstract)
    assert "shapes" not in datasets.names()


def test_a_file_without_its_class_is_a_bug_and_says_so(tmp_path, monkeypatch):
    package = tmp_path / "parts_of_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "empty.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry("part", "parts_of_test", "data.sets.base:Dataset")
    assert registry.names() == ("empty",)
    with pytest.raises(TypeError, match="parts_of_test.empty must define one Dataset, it has 0"):
        registry["empty"]
