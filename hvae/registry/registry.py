"""Parts by name: the package's own, found by their files, and those that somebody adds."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from hvae.checks.received import received
from hvae.errors import UserError

Part = TypeVar("Part", bound=type)


class Registry:
    """Classes by name.

    The package's own are found by their files, or folders: to remove one, delete it. Names are
    read off the file names, and a file is imported when its class is asked for: so flags can
    list the names before a backend is chosen. `register` adds classes from anywhere.

    Args:
        setting: what the names are values of, for messages, e.g. `"likelihood"`.
        package: the package whose files are the parts, e.g. `"hvae.likelihoods"`; not those
            called `base` or with a leading underscore.
        base: `"module:Class"` that every part is a subclass of. It may need keras: it is
            imported with the first part.
        module: for parts that are folders: the file in each that holds the class.
    """

    def __init__(self, setting: str, package: str, base: str, module: str | None = None):
        self.setting = setting
        self.package = package
        self.base = base
        self.module = module
        self._added = {}

    def names(self) -> tuple[str, ...]:
        """All names: those of the package in alphabetical order, then those that were added."""
        return (*self._own_names, *self._added)

    def __getitem__(self, name: str) -> type:
        """The class of this name.

        Raises:
            UserError: if there is none; it lists the names.
        """
        self.check(name)
        if name in self._added:
            return self._added[name]
        path = ".".join(filter(None, (self.package, name, self.module)))
        module, base = importlib.import_module(path), self._base_class()
        classes = [
            item
            for item in vars(module).values()
            if inspect.isclass(item) and issubclass(item, base) and item.__module__ == path
        ]
        if len(classes) != 1:
            raise TypeError(f"{path} must define one {base.__name__}, it has {len(classes)}")
        return classes[0]

    def check(self, name: str) -> None:
        """Refuse what is no name, without an import.

        Raises:
            UserError: lists the names.
        """
        if name not in self.names():
            shown = name if isinstance(name, str) else received(name)
            raise UserError(
                f"{self.setting}: allowed are {', '.join(self.names())}. Received: {shown}"
            )

    def register(self, name: str) -> Callable[[Part], Part]:
        """Decorator that adds a class under a name.

        A class that is defined anew, as by running a notebook's cell again, takes the place of
        the old one.

        Args:
            name: an identifier; what the setting's value will be.

        Raises:
            UserError: if the name is no identifier or is taken, or the class is not what the
                setting needs: another base, or methods missing.
        """

        def add(part: Part) -> Part:
            self.check_addition(name, part)
            self._added[name] = part
            return part

        return add

    def check_addition(self, name: str, part: type) -> None:
        """Raises the `UserError`s of `register`."""
        if not (isinstance(name, str) and name.isidentifier()):
            raise UserError(f"{self.setting}: a name must be an identifier. Received: {name!r}")
        base = self._base_class()
        if not (inspect.isclass(part) and issubclass(part, base)):
            received = getattr(part, "__name__", repr(part))
            raise UserError(
                f"{self.setting} {name}: must be a subclass of {base.__module__}.{base.__name__}. "
                f"Received: {received}"
            )
        missing = sorted(getattr(part, "__abstractmethods__", ()))
        if missing:
            raise UserError(
                f"{self.setting} {name}: {part.__name__} must define {', '.join(missing)}"
            )
        old = self._added.get(name)
        if name in self._own_names or (old is not None and _place(old) != _place(part)):
            taken_by = self.package if old is None else _place(old)
            raise UserError(f"{self.setting} {name}: the name is taken, by {taken_by}")

    def names_from(self, module: str) -> tuple[str, ...]:
        """Names of the classes that a module has added."""
        return tuple(name for name, part in self._added.items() if part.__module__ == module)

    @functools.cached_property
    def _own_names(self):
        found = pkgutil.iter_modules(importlib.import_module(self.package).__path__)
        names = (file.name for file in found if file.ispkg == (self.module is not None))
        return tuple(sorted(name for name in names if name != "base" and name[0] != "_"))

    def _base_class(self):
        module, _, name = self.base.partition(":")
        return getattr(importlib.import_module(module), name)


def _place(part):
    return f"{part.__module__}.{part.__qualname__}"
