"""Files of the user's own that register parts. Nothing here runs one unasked."""

import contextlib
import os
import pathlib
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hvae.checks.paths import given_path
from hvae.errors import UserError
from hvae.files.atomic import make_folder, write_text
from hvae.files.run_files import PLUGINS


class Plugin(NamedTuple):
    """A file that has been executed."""

    path: pathlib.Path
    module: str  # the name of its module, in `sys.modules`
    text: str  # as it was executed


#: What has been executed, by the name of the module.
_LOADED = {}


def load_plugin(path: str | os.PathLike) -> Plugin:
    """Execute a file that registers parts, as `@hvae.register_likelihood("laplace")` does.

    It may import keras: choose the backend before. Once executed, its names are as good as
    the package's own, in configurations and in `hvae.load_model`.

    Args:
        path: a file of Python.

    Returns:
        A `Plugin`.

    Raises:
        UserError: if there is no such file, it fails, what it registers is refused, or another
            file of the same name has been loaded.
    """
    path = given_path("plugin", path)
    if path.suffix != ".py" or not path.is_file():
        raise UserError(f"plugin: must be a file of Python, NAME.py. Received: {path}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UserError(f"plugin: {path} cannot be read ({error})") from error
    # No package has a module of this name: a plugin may be called keras.py.
    module = types.ModuleType(f"hvae_plugin_{path.stem}")
    module.__file__ = str(path)
    plugin, old = Plugin(path, module.__name__, text), _LOADED.get(module.__name__)
    if old is not None and old.path.resolve() != path.resolve() and old.text != text:
        raise UserError(f"plugin: {path} has the name of {old.path}, and another text")
    # As an import does: dataclasses look up their module there.
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        raise UserError(f"plugin: {_place(error, path)}: {_in_one_line(error)}") from error
    _LOADED[module.__name__] = plugin
    return plugin


def keep_plugins(folder: str | os.PathLike, plugins: tuple[Plugin, ...]) -> None:
    """Write copies of plugins into a run's folder."""
    if plugins:
        make_folder(pathlib.Path(folder) / PLUGINS)
    for plugin in plugins:
        write_text(pathlib.Path(folder) / PLUGINS / plugin.path.name, plugin.text)


def kept_plugins(folder: str | os.PathLike) -> list[pathlib.Path]:
    """Paths of the copies in a run's folder."""
    return sorted((pathlib.Path(folder) / PLUGINS).glob("*.py"))


@contextlib.contextmanager
def told_how_to_load(
    folder: str | os.PathLike, spell: Callable[[pathlib.Path], str]
) -> Iterator[None]:
    """Adds to a `UserError` what to type for the plugins of a run that have not been loaded.

    Args:
        folder: the run's folder.
        spell: from the path of a plugin's copy to what to type.
    """
    try:
        yield
    except UserError as error:
        loaded = {plugin.path.name for plugin in _LOADED.values()}
        missing = [spell(path) for path in kept_plugins(folder) if path.name not in loaded]
        if not missing:
            raise
        raise UserError(
            f"{error}; {folder} was made with code of its own, which runs only when you say so: "
            f"{' '.join(missing)}"
        ) from error


def _place(error, path):
    """Where in the plugin an error comes from."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f"{path}, line {lines[-1]}" if lines else str(path)


def _in_one_line(error):
    return " ".join(f"{type(error).__name__}: {error}".split())
