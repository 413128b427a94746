"""What `--temperature` may say."""

import numpy as np
import pytest

from hvae.errors import UserError
from utils.modes.shared.temperature import read_temperature, temperature_title


def test_a_number_a_list_and_a_line():
    assert read_temperature(["0.8"], 3) == [0.8] * 3
    assert read_temperature(["0.8", "1", "0"], 3) == [0.8, 1.0, 0.0]
    np.testing.assert_allclose(read_temperature(["linear:0.6:0.9"], 4), [0.6, 0.7, 0.8, 0.9])
    assert read_temperature(["linear:0.6:0.9"], 1) == [0.6]


@pytest.mark.parametrize(
    "texts", [["warm"], ["1", "1"], ["linear:1"], ["linear:1:x"], ["linear:1:2", "1"], ["lin:1:2"]]
)
def test_anything_else_says_what_is_allowed_and_how_many_blocks_there_are(texts):
    message = "one for each of the 3 blocks, or linear:TOP:BOTTOM .* Received: " + " ".join(texts)
    with pytest.raises(UserError, match=message):
        read_temperature(texts, 3)


@pytest.mark.parametrize("texts", [["-1"], ["nan"], ["linear:1:-0.5"], ["1", "inf", "1"]])
def test_numbers_that_are_no_temperatures_are_refused(texts):
    with pytest.raises(UserError, match="must be 0 to 1000"):
        read_temperature(texts, 3)


def test_titles():
    assert temperature_title([0.7, 0.7]) == "temperature 0.7"
    assert temperature_title([0.6, 0.7, 0.9]) == "temperatures 0.6 … 0.9, top to bottom"
