"""CONTRIBUTING shows the folders that there are."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
#: Folders of which every one inside must be shown; of the package also the files.
COMPLETE = ("hvae", "hvae/flows", "hvae/inference", "hvae/training", "data", "utils", "utils/modes")
EACH = re.compile("/NAME$")


def shown():
    """Paths of the layout, those of a line apart; a folder for each family is `families/NAME`."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    above = []
    for line in re.search("\n## Layout\n\n(.*?)\n\n", text, re.DOTALL)[1].splitlines():
        indent = len(line) - len(line.lstrip())
        names = [n for n in re.split(" {2,}", line.strip()) if re.fullmatch(r"\S+(/|\.py)", n)]
        assert names, line
        above = [*above[: indent // 2 - 2], names[-1].rstrip("/")]
        yield from ("/".join([*above[:-1], name.rstrip("/")]) for name in names)


def test_what_is_shown_is_there():
    for path in shown():
        assert (ROOT / EACH.sub("", path)).exists(), path


@pytest.mark.parametrize("folder", COMPLETE)
def test_what_is_there_is_shown(folder):
    inside = [p for p in (ROOT / folder).iterdir() if p.is_dir() and any(p.glob("*.py"))]
    if folder == "hvae":
        inside += [p for p in (ROOT / folder).glob("*.py") if p.name != "__init__.py"]
    missing = {p.relative_to(ROOT).as_posix() for p in inside} - {EACH.sub("", p) for p in shown()}
    assert not missing
