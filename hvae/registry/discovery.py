"""Parts that are found by their files: to remove one, delete its file."""

import importlib
import inspect
import pkgutil


def module_names(package_path):
    """Names of a package's modules: no packages, not `base`, no leading underscore."""
    names = (module.name for module in pkgutil.iter_modules(package_path) if not module.ispkg)
    return tuple(sorted(name for name in names if name != "base" and not name.startswith("_")))


def package_names(package_path):
    """Names of a package's folders, each a package itself; no leading underscore."""
    names = (module.name for module in pkgutil.iter_modules(package_path) if module.ispkg)
    return tuple(sorted(name for name in names if not name.startswith("_")))


def find_class(package_name, module_name, base):
    """The one subclass of `base` that a module of the package defines."""
    module = importlib.import_module(f"{package_name}.{module_name}")
    classes = [
        item
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, base) and item.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise TypeError(f"{module.__name__} must define one {base.__name__}, it has {len(classes)}")
    return classes[0]
