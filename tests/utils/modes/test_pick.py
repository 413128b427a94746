import io

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.generation.generator import Generator
from hvae.loading import load_model


class Terminal(io.StringIO):
    def isatty(self):
        return True


def paths(lines):
    return [line.removeprefix("written: ") for line in lines if line.startswith("written: ")]


@pytest.fixture(scope="module")
def images(small_run):
    return Generator(load_model(small_run))(12)


def assert_picked(lines, images, numbers):
    with np.load(paths(lines)[-1]) as picked:
        np.testing.assert_array_equal(picked["numbers"], numbers)
        np.testing.assert_array_equal(picked["images"], images[numbers])


@pytest.mark.every_backend
def test_chosen_images_are_those_of_generate_in_the_order_of_choice(use, images):
    lines = use("pick", "--num_images", 12, "--choose", "7,2,11")
    assert_picked(lines, images, [7, 2, 11])
    assert len(paths(lines)) == 2


def test_a_terminal_asks_until_the_numbers_are_good(use, images, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("3,99\n4, 0\n"))
    lines = use("pick", "--num_images", 12, "--per_sheet", 8)
    assert any("choose: numbers 0 to 11" in line and line.endswith("99") for line in lines)
    assert_picked(lines, images, [4, 0])
    assert len([path for path in paths(lines) if "sheet-" in path]) == 2


def test_without_a_terminal_it_says_how_to_choose(use, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("3\n"))
    lines = use("pick", "--num_images", 3)
    assert any("--choose 3,17,40" in line for line in lines)
    assert len(paths(lines)) == 1


def test_bad_numbers_are_refused_before_anything_is_drawn(use):
    with pytest.raises(UserError, match="choose: numbers 0 to 199 .* Received: 200"):
        use("pick", "--choose", "3,200")
