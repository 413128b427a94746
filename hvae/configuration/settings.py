"""Fields of the configuration dataclasses: declared once, used for checks, flags and tables."""

import contextlib
import dataclasses
import difflib
import math
import typing
import unicodedata

from hvae.checks.received import received
from hvae.errors import UserError

#: Choices of a setting that can also be left to the program.
SWITCH = ("auto", "on", "off")
#: In size; float32, in which models are computed, ends a little above it.
_LARGEST_FLOAT = 1e30
#: The largest whole numbers by their units, several times what anybody has published.
_MOST_OF_UNIT = {
    "": 1000,
    "blocks": 1000,
    "cells": 1000,
    "channels": 16_384,
    "components": 1000,
    "images": 1_000_000_000,
    "pixels": 16_384,
}


def setting(
    default,
    description,
    *,
    group,
    unit="",
    choices=None,
    minimum=None,
    above=None,
    maximum=None,
    per_scale=False,
    flag=True,
    only=None,
    init=True,
    since=0,
):
    """Declare one field of a configuration dataclass.

    Args:
        default: the default value; a tuple for lists.
        description: one sentence, for `--help` and the README's table.
        group: heading under which `--help` lists the flag.
        unit: unit of the value, e.g. `"epochs"`.
        choices: the allowed values, or a function that lists them, or `None`.
        minimum: smallest allowed value (of each entry, for lists), or `None`.
        above: the value (each entry) must be greater than this, or `None`.
        maximum: largest allowed value (of each entry); `None`: of whole numbers what
            their unit allows, of others any.
        per_scale: the value is a list with one entry, or one for every scale.
        flag: whether the command line offers it.
        only: `(value, reason)` if no other value is available yet.
        init: false for a field that a class sets, not its caller.
        since: the first format of runs that has the field, see `run_format.py`.
    """
    first = default[0] if isinstance(default, tuple) else default
    if maximum is None and isinstance(first, int) and not isinstance(first, bool):
        maximum = _MOST_OF_UNIT.get(unit)
    metadata = {
        "description": description,
        "group": group,
        "unit": unit,
        "choices": choices,
        "minimum": minimum,
        "above": above,
        "maximum": maximum,
        "per_scale": per_scale,
        "flag": flag,
        "only": only,
        "since": since,
    }
    return dataclasses.field(default=default, metadata=metadata, init=init)


def allowed_values(metadata):
    """The values that the choices of a field allow, or `None` where there is no choice."""
    choices = metadata["choices"]
    return choices() if callable(choices) else choices


def field_types(config_class):
    """The type of every field: `{name: (item_type, is_list)}`."""
    types = {}
    for name, hint in typing.get_type_hints(config_class).items():
        is_list = typing.get_origin(hint) is tuple
        types[name] = (typing.get_args(hint)[0] if is_list else hint, is_list)
    return types


def from_dict(config_class, values):
    """Build a configuration from plain data, as YAML gives it.

    Raises:
        UserError: for an unknown key, a value of the wrong type, or whatever the
            configuration itself refuses.
    """
    types = field_types(config_class)
    refuse_unknown(values, {f.name for f in dataclasses.fields(config_class) if f.init})
    return config_class(
        **{name: _convert(name, value, *types[name]) for name, value in values.items()}
    )


def refuse_unknown(names, known, prefix=""):
    """Raise for the first name that is not known, and propose the nearest one."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), list(known), n=1)
            advice = f"; did you mean {prefix}{near[0]}?" if near else ""
            kind = "flag" if prefix else "key"
            raise UserError(f"unknown {kind} {prefix}{name}{advice}")


def to_dict(config):
    """Plain data for YAML: lists instead of tuples."""
    values = dataclasses.asdict(config)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def check_fields(config):
    """Check type, choices and bounds of every field. Raises `UserError`."""
    types = field_types(type(config))
    for field in dataclasses.fields(config):
        value = _convert(field.name, getattr(config, field.name), *types[field.name])
        choices = allowed_values(field.metadata) or ()
        if value == "off" and "off" not in choices and "none" in choices:
            value = "none"  # `no`, as YAML 1.1 reads it
        # Lists and numeric strings become tuples and numbers on a frozen dataclass.
        object.__setattr__(config, field.name, value)
        entries = value if isinstance(value, tuple) else (value,)
        for entry in entries:
            _check_entry(field.name, entry, field.metadata)
        if field.metadata["only"] is not None:
            allowed, reason = field.metadata["only"]
            if value != allowed:
                raise UserError(
                    f"{field.name}: {reason} Received: {_show(value)}, allowed: {_show(allowed)}"
                )


def _check_entry(name, entry, metadata):
    choices, minimum, above = allowed_values(metadata), metadata["minimum"], metadata["above"]
    if choices is not None and entry not in choices:
        allowed = ", ".join(str(choice) for choice in choices)
        raise UserError(f"{name}: allowed are {allowed}. Received: {entry}")
    if minimum is not None and entry < minimum:
        raise UserError(f"{name}: must be at least {minimum}. Received: {entry}")
    if metadata["maximum"] is not None and entry > metadata["maximum"]:
        most = f"{metadata['maximum']} {metadata['unit']}".strip()
        raise UserError(f"{name}: must be at most {most}. Received: {entry}")
    if above is not None and entry <= above:
        raise UserError(f"{name}: must be greater than {above}. Received: {entry}")


def _convert(name, value, item_type, is_list):
    if not is_list:
        return _convert_entry(name, value, item_type)
    if not isinstance(value, (list, tuple)):
        value = (value,)
    if not value:
        raise UserError(f"{name}: needs at least one value. Received: an empty list")
    return tuple(_convert_entry(name, entry, item_type, _advice(entry)) for entry in value)


def _advice(entry):
    """What to say of a list in one word, as 16,16,8."""
    if not isinstance(entry, str) or not set(",;[]") & set(entry):
        return ""
    return ", several separated by spaces, as 16 16 8"


def _convert_entry(name, value, item_type, advice=""):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if item_type is float and isinstance(value, str):
        # YAML 1.1 reads 1e-4, written without a dot, as a string.
        with contextlib.suppress(ValueError):
            value, is_number = float(value), True
    if item_type in (int, float) and is_number and not _is_finite(value):
        raise UserError(f"{name}: must be a finite number. Received: {received(value)}")
    if item_type is float and is_number:
        if abs(value) > _LARGEST_FLOAT:
            raise UserError(f"{name}: must be at most {_LARGEST_FLOAT:g}. Received: {value:g}")
        return float(value)
    if item_type is int and is_number and int(value) == value:
        return int(value)
    if item_type is str and isinstance(value, bool):
        return "on" if value else "off"  # which YAML 1.1 reads as booleans
    if item_type is str and is_number:
        return str(value)  # a name or the number of a GPU, as YAML reads it
    if item_type not in (int, float) and isinstance(value, item_type):
        if item_type is str:
            _check_characters(name, value)
        return value
    expected = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    raise UserError(f"{name}: must be {expected[item_type]}{advice}. Received: {received(value)}")


def _check_characters(name, text):
    """Refuse what no path has: control characters, and what is no character at all."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise UserError(f"{name}: must be text without control characters. Received: {text!a}")


def _is_finite(value):
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False


def _show(value):
    return " ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
