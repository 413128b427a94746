"""Flags of the command line, generated from the configuration's fields."""

import argparse
import re
import sys

from hvae.configuration.settings import SWITCH, allowed_values, refuse_unknown
from hvae.errors import UserError
from utils.command_line.spellings import spelled_as_here
from utils.experiments.experiment import (
    all_field_types,
    all_fields,
    group_title,
    groups,
)


class Parser(argparse.ArgumentParser):
    """Exact flags only; mistakes are `UserError`s with a proposal.

    Args:
        is_partial: whether flags that it does not know are left to another parser.
    """

    def __init__(self, is_partial=False, **kwargs):
        super().__init__(allow_abbrev=False, formatter_class=_HelpFormatter, **kwargs)
        self._is_partial = is_partial

    def error(self, message):
        raise UserError(_as_elsewhere(message))

    def parse_known_args(self, args=None, namespace=None):
        args = sys.argv[1:] if args is None else args
        for argument in args:
            if "\0" in argument:  # no system takes that as a name, and Python as no mistake
                raise UserError(f"no argument has a NUL character. Received: {argument!a}")
        # With modes, each has a parser of its own, which knows its flags.
        if self._subparsers is None:
            known = {name for action in self._actions for name in action.option_strings}
            args = spelled_as_here(args, known)
        if self._subparsers is None and not self._is_partial:
            typed = [argument.split("=", 1)[0] for argument in args if argument.startswith("--")]
            refuse_unknown(
                [t.removeprefix("--") for t in typed], {k.removeprefix("--") for k in known}, "--"
            )
        return super().parse_known_args(args, namespace)


def _as_elsewhere(message):
    """What argparse says of a flag's value, as the configuration says it."""
    number = re.fullmatch(r"argument -*(\S+): invalid (int|float) value: (.+)", message, re.S)
    if number:
        kind = {"int": "a whole number", "float": "a number"}[number[2]]
        return f"{number[1]}: must be {kind}. Received: {number[3]}"
    choice = re.fullmatch(
        r"argument -*(\S+): invalid choice: '(.*)' \(choose from (.+)\)", message, re.S
    )
    if choice:
        allowed = choice[3].replace("'", "")
        return f"{choice[1]}: allowed are {allowed}. Received: {choice[2]}"
    count = re.fullmatch(r"argument -*(\S+): expected (.+) arguments?", message)
    if count:
        return f"{count[1]}: needs {count[2]} value{'s' * count[2].isdigit()}. Received: none"
    return message


class _HelpFormatter(argparse.HelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, max_help_position=34, width=100)


def add_field_flags(parser):
    """Add a flag for every field of an experiment, grouped as in `groups`."""
    headings = {name: parser.add_argument_group(group_title(name)) for name in groups()}
    types = all_field_types()
    for name, field in all_fields().items():
        if field.metadata["flag"]:
            _add_flag(headings[field.metadata["group"]], field, *types[name])


def _add_flag(group, field, item_type, is_list):
    # argparse formats help texts with %.
    text = f"{field.metadata['description']} [{describe_default(field)}]".replace("%", "%%")
    options = {"default": argparse.SUPPRESS, "help": text}
    is_switch = field.metadata["choices"] == SWITCH
    if is_switch or item_type is bool:
        off = {"action": "store_const", "const": "off" if is_switch else False}
        group.add_argument(
            f"--no-{field.name}",
            dest=field.name,
            help=argparse.SUPPRESS,
            default=argparse.SUPPRESS,
            **off,
        )
        options |= {
            "nargs": "?",
            "const": "on" if is_switch else True,
            "type": _on_or_off if is_switch else _true_or_false,
            "metavar": "{auto,on,off}" if is_switch else "{true,false}",
        }
    else:
        # What is no number stays text here: the configuration refuses it, with one kind
        # of message for files and flags.
        options |= {"type": _number_or_text(item_type), "metavar": _metavar(field, item_type)}
        if is_list:
            options["nargs"] = "+"
    group.add_argument(f"--{field.name}", **options)


def describe_default(field):
    """Default and shape of a field's value, for people."""
    shape = "; one for all scales or one per scale" if field.metadata["per_scale"] else ""
    return f"default {describe_value(field)}{shape}"


def describe_value(field):
    """A field's default with its unit, for people."""
    default, unit = field.default, field.metadata["unit"]
    shown = " ".join(str(v) for v in default) if isinstance(default, tuple) else _plain(default)
    return f"{shown} {unit}" if unit else shown


def _plain(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return "empty" if value == "" else str(value)


def _metavar(field, item_type):
    choices = allowed_values(field.metadata)
    if choices:
        return "{" + ",".join(str(choice) for choice in choices) + "}"
    return {int: "N", float: "X", str: "TEXT"}[item_type]


def _on_or_off(text):
    return {"true": "on", "false": "off"}.get(text.lower(), text)


def _true_or_false(text):
    # Anything else is refused by the configuration, which knows the flag's name.
    return {"true": True, "on": True, "false": False, "off": False}.get(text.lower(), text)


def _number_or_text(item_type):
    def convert(text):
        if item_type is str:
            return text
        try:
            return float(text) if item_type is float else int(text)
        except ValueError:
            return text

    return convert
