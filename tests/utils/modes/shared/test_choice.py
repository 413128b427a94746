import pytest

from hvae.errors import UserError
from utils.modes.shared.choice import read_choice


def test_numbers_keep_their_order():
    assert read_choice("3,17,0", 18) == [3, 17, 0]
    assert read_choice(" 3, 17  0\n", 18) == [3, 17, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3,18", "numbers 0 to 17 with commas between them. Received: 18"),
        ("3,-1", "Received: -1"),
        ("3,x", "Received: x"),
        ("", "Received: none"),
        ("3,4,3", "every number once. Received: 3 twice"),
    ],
)
def test_anything_else_is_refused(text, message):
    with pytest.raises(UserError, match=message):
        read_choice(text, 18)
