"""`import hvae` makes HVAE known to Keras in either order of imports, and is in nobody's way.

A package of a few lines stands for keras; tests/test_saving.py loads files with the real one.
"""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]

START = f"""
import importlib, importlib.util, sys

sys.path.insert(0, {str(ROOT)!r})
finders = list(sys.meta_path)
"""
REGISTERED = """
assert list(keras.saving.objects) == ["hvae>HVAE"]
assert hasattr(keras.saving.objects["hvae>HVAE"], "from_config")
assert "hvae.model" not in sys.modules
# Nothing else is left.
assert sys.meta_path == finders
assert type(keras.__loader__).__name__ == "SourceFileLoader"
assert keras.__spec__.loader is keras.__loader__
"""


def run(code, folder):
    """Run code in a process that sees hvae and a folder, but no installed packages."""
    command = [sys.executable, "-S", "-c", START + code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def folder(tmp_path):
    """A folder with a package keras, whose import fails where there is a file `broken`."""
    package = tmp_path / "keras"
    package.mkdir()
    (package / "saving.py").write_text("objects = {}\nget_custom_objects = lambda: objects\n")
    (package / "__init__.py").write_text(
        "import os\nfrom keras import saving\nassert not os.path.exists('broken')\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    "imports",
    [
        "import hvae, keras",
        "import keras, hvae",
        "import hvae.errors, keras.saving",
        "import keras.saving, hvae.errors",
        "import hvae; importlib.reload(hvae); import keras",
        "import hvae, keras; importlib.reload(keras); importlib.reload(hvae)",
    ],
)
def test_it_registers_in_either_order(folder, imports):
    run(imports + REGISTERED, folder)


def test_it_registers_after_keras_was_only_asked_for(folder):
    code = """
import hvae
assert "saving" in importlib.util.find_spec("keras").loader.get_source("keras")
assert "keras" not in sys.modules
import keras
"""
    run(code + REGISTERED, folder)


def test_it_registers_after_an_import_of_keras_that_failed(folder):
    code = """
import pathlib, hvae
pathlib.Path("broken").touch()
try:
    import keras
except AssertionError:
    pathlib.Path("broken").unlink()
assert "keras" not in sys.modules
import keras
"""
    run(code + REGISTERED, folder)


def test_the_class_itself_is_not_replaced(folder):
    code = """
import keras
keras.saving.objects["hvae>HVAE"] = "the class"
import hvae
assert keras.saving.objects == {"hvae>HVAE": "the class"}
"""
    run(code, folder)


@pytest.mark.parametrize("block", ["", "sys.modules['keras'] = None\n"])
def test_hvae_can_be_imported_without_keras(tmp_path, block):
    code = """
import hvae, hvae.config, hvae.errors
try:
    import keras
except ModuleNotFoundError as error:
    assert error.name == "keras"
else:
    raise AssertionError
hvae.ModelConfig, hvae.UserError
"""
    run(block + code, tmp_path)


def test_a_folder_called_keras_is_no_keras(tmp_path):
    (tmp_path / "keras").mkdir()
    run("import hvae, keras\nassert keras.__file__ is None", tmp_path)
