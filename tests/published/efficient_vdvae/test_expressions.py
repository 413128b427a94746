"""What a configuration file may write as a value."""

import pytest

from hvae.errors import UserError
from hvae.published.efficient_vdvae.expressions import evaluate_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/2", 0.5),
        ("max(3, 7)", 7),
        ("round(200.4)", 200),
        ("[int(32/4)]*3", [8, 8, 8]),
        ("[1] * 2 + [2]", [1, 1, 2]),
        ("list(range(3)) + [-2 ** 3 % 5]", [0, 1, 2, 2]),
        ("(1, (2.5, 'a'))", [1, [2.5, "a"]]),
        ("min([4, 2]) * 2 ** 10", 2048),
        ("2 ** 0.5", 2**0.5),
        ("None", None),
        # Text, whatever it looks like.
        ("some_run", "some_run"),
        ("logs/run 1", "logs/run 1"),
        ("__import__('os').getcwd()", "__import__('os').getcwd()"),
        ("open('x')", "open('x')"),
        ("max.__class__", "max.__class__"),
        ("[x for x in range(3)]", "[x for x in range(3)]"),
        ("lambda: 1", "lambda: 1"),
        ("max(3, key=abs)", "max(3, key=abs)"),
    ],
)
def test_values(text, value):
    assert evaluate_text("model.x", text) == value


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9",
        "2 ** 10000000000",
        "10 ** 5000",
        "0.5 ** -1e9",
        "[0] * 10 ** 9",
        "10 ** 9 * [0]",
        "'a' * 10 ** 9",
        "[[0] * 9999] * 9999999",
        "[[0] * 9999] * 9999",
        "list(range(10 ** 12))",
        "range(10 ** 12)",
        "sum(range(10 ** 9))",
        "1 / 0",
        "max()",
        "int('a')",
        "[1] + 4",
        "(-1) ** 0.5",
        "1" * 30,
    ],
)
def test_what_cannot_be_computed_is_refused_at_once(text):
    with pytest.raises(UserError, match="model.x: cannot be computed"):
        evaluate_text("model.x", text)


@pytest.mark.parametrize("text", ["(" * 9000 + ")" * 900, "-" * 9000 + "1"])
def test_deep_nesting_is_text(text):
    assert evaluate_text("model.x", text) == text


def test_a_long_text_is_refused():
    with pytest.raises(UserError, match="must have at most 10000 characters"):
        evaluate_text("model.x", "1+" * 9999 + "1")
