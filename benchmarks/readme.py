"""Writes measured tables to where people read them."""

import pathlib

from hvae.files.atomic import write_text
from utils.files.marked_section import with_section

README = pathlib.Path(__file__).parent / "README.md"


def write_section(name, content):
    """Replace a section of `benchmarks/README.md`, see `with_section`."""
    write_text(README, with_section(README.read_text(encoding="utf-8"), name, content))
