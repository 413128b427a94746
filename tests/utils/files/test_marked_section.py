import pytest

from utils.files.marked_section import with_section

TEXT = "a\n<!-- b: start -->\nold\n<!-- b: end -->\nc\n<!-- d: start -->\n<!-- d: end -->\n"


def test_one_section_is_replaced():
    new = with_section(TEXT, "b", "new\n")
    assert new == TEXT.replace("old", "new")
    assert with_section(new, "b", "old") == TEXT
    assert with_section(TEXT, "d", "x") == TEXT.replace("d: start -->\n", "d: start -->\nx\n")


@pytest.mark.parametrize(
    "text", ["", "<!-- b: start -->\n", "<!-- b: end -->\n<!-- b: start -->\n"]
)
def test_a_missing_section_is_named(text):
    with pytest.raises(ValueError, match="no section b"):
        with_section(text, "b", "new")
