"""What is public says what it takes and gives, for editors."""

import functools
import inspect

import keras
import pytest

import hvae
from hvae.deploy import OpenVINOModel
from hvae.export.exporter import Exporter
from hvae.families.base import Family
from hvae.flows.base import Flow
from hvae.inference.latents.latents import Latents
from hvae.likelihoods.base import Likelihood
from hvae.numerics.units import Reporter

PUBLIC = (
    *(getattr(hvae, name) for name in hvae.__all__ if name != "__version__"),
    *(Exporter, Family, Flow, Latents, Likelihood, OpenVINOModel, Reporter),
)


def functions(item):
    """A function, or the public methods of a class that are ours, and not Keras's to call."""
    if not inspect.isclass(item):
        yield item
        return
    keras_calls = {*dir(keras.Model)} - {"__call__", "__init__", "call"}
    keras_calls |= {"load_assets", "save_assets"}
    owners = [c for c in item.__mro__ if c.__module__.split(".")[0] == "hvae"]
    for name, value in (pair for owner in owners for pair in vars(owner).items()):
        value = value.func if isinstance(value, functools.cached_property) else value
        value = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        is_public = not name.startswith("_") or name in ("__call__", "__init__")
        if inspect.isfunction(value) and is_public and name not in keras_calls:
            yield value


@pytest.mark.parametrize("item", PUBLIC, ids=lambda item: item.__name__)
def test_public_functions_have_hints(item):
    missing = []
    for function in functions(item):
        signature = inspect.signature(function)
        hints = {name: x.annotation for name, x in signature.parameters.items()}
        hints = {name: hint for name, hint in hints.items() if name not in ("self", "cls")}
        if function.__name__ != "__init__":
            hints["return"] = signature.return_annotation
        empty = [name for name, hint in hints.items() if hint is inspect.Signature.empty]
        missing += [f"{function.__qualname__}: {', '.join(empty)}"] if empty else []
    assert missing == []
