"""The table of flags in the documentation: `python -m utils.flag_table` writes it anew."""

import pathlib

from hvae.configuration.settings import SWITCH, allowed_values
from hvae.files.atomic import write_text
from utils.command_line.flags import describe_value
from utils.experiments.experiment import (
    all_field_types,
    all_fields,
    group_title,
    groups,
)
from utils.files.marked_section import with_section

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "flags.md"
SECTION = "flags"


def flag_table():
    """One Markdown table for each group."""
    types = all_field_types()
    lines = []
    for group in groups():
        lines += [f"## {_heading(group)}", "", "| flag | default | what |", "|---|---|---|"]
        for name, field in all_fields().items():
            if field.metadata["group"] == group and field.metadata["flag"]:
                lines.append(_row(field, *types[name]))
        lines.append("")
    return "\n".join(lines)


def with_table(text):
    """The page's text with its table replaced."""
    return with_section(text, SECTION, flag_table())


def _heading(group):
    title = group_title(group)
    return f"{title[0].upper()}{title[1:]}"


def _row(field, item_type, is_list):
    flag = f"`--{field.name}`"
    if item_type is bool or field.metadata["choices"] == SWITCH:
        flag += f" `--no-{field.name}`"
    what = field.metadata["description"]
    choices = allowed_values(field.metadata)
    if choices and len(choices) > 1:
        what += f" ({', '.join(f'`{choice}`' for choice in choices)})"
    if field.metadata["per_scale"]:
        what += "; per scale"
    return f"| {flag} | {describe_value(field)} | {what} |"


if __name__ == "__main__":
    write_text(PAGE, with_table(PAGE.read_text(encoding="utf-8")))
