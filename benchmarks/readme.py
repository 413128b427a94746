"""Writes measured tables to where people read them."""

import pathlib

from hvae.files.atomic import write_text
from utils.files.marked_section import with_section

README = pathlib.Path(__file__).parent / "README.md"
#: The first page that a stranger reads.
FRONT_PAGE = README.parent.parent / "README.md"
#: The page of the documentation that compares families and features.
MODELS_PAGE = README.parent.parent / "docs" / "models.md"
#: The page that says what one can do with a model.
USING_PAGE = MODELS_PAGE.parent / "using.md"
#: The curves of `benchmarks.quality`.
QUALITY_FIGURE = MODELS_PAGE.parent / "images" / "quality.png"
#: Its reconstructions.
RECONSTRUCTIONS_FIGURE = QUALITY_FIGURE.with_name("quality_reconstructions.png")
#: The page about training.
TRAINING_PAGE = MODELS_PAGE.parent / "training.md"


def write_section(name, content, path=README):
    """Replace a section of `benchmarks/README.md`, or of another file, see `with_section`."""
    write_text(path, with_section(path.read_text(encoding="utf-8"), name, content))
