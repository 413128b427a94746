"""What a log gets to see of long work, and how images are counted."""

import pytest

from hvae.inference.running.batches import Steps
from utils.command_line import log_display
from utils.command_line.log_display import LogDisplay, duration
from utils.command_line.terminal import TerminalDisplay
from utils.command_line.tracked import Tracked


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when somebody says so."""
    now = [0.0]
    monkeypatch.setattr(log_display.time, "monotonic", lambda: now[0])
    return now


def test_a_line_now_and_then_with_images_and_time_left(clock, capsys):
    display = LogDisplay(between_lines=30)
    for places in display.track(Steps(180, 64), "test"):
        display.describe("-ELBO 1.5 bits/dim")
        clock[0] += len(places) / 3.2  # images a second
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "test: 128 of 180 images, 3.2 images/s, 16 s left, -ELBO 1.5 bits/dim",
    ]


def test_what_is_quick_leaves_nothing(clock, capsys):
    display = LogDisplay()
    assert list(display.track([3, 1, 2], "work")) == [3, 1, 2]
    with display.waiting("building"):
        pass
    assert capsys.readouterr() == ("", "")


def test_of_many_epochs_a_log_gets_some_and_what_is_to_stay(clock, capsys):
    display = LogDisplay(between_lines=30)
    for epoch in range(100):
        display.passing_message(f"epoch {epoch}")
        clock[0] += 1.0
    display.message("end")
    assert capsys.readouterr().out.split("\n") == [
        *(f"epoch {n}" for n in (0, 30, 60, 90)),
        "end",
        "",
    ]


@pytest.mark.parametrize(
    ("work", "total", "unit", "counts"),
    [
        (Tracked(Steps(180, 64)), 180, "images", [64, 64, 52]),
        (Tracked(Steps(5, 3, repeats=2)), 10, "images", [3, 3, 2, 2]),
        (Tracked(Steps(1, 64)), 1, "image", [1]),
        (Tracked(["a"], images=1), 1, "image", [1]),
        (Tracked(iter("abc"), total=4, initial=1, images=16), 64, "images", [16, 16, 16]),
        (Tracked(iter("ab")), None, "steps", [1, 1]),
    ],
)
def test_images_are_counted_right(work, total, unit, counts):
    assert (work.total, work.unit) == (total, unit)
    assert [count for _, count in work.steps()] == counts


def test_bars_end_at_the_number_of_images(capsys):
    display, places = TerminalDisplay(), []
    for step in display.track(Steps(180, 64), "test"):
        places += step
    assert places == list(range(180)) and display._bar.n == 180
    assert "0/180" in capsys.readouterr().err


def test_durations():
    assert [duration(s) for s in (40, 89, 720, 12600)] == ["40 s", "89 s", "12 min", "3.5 h"]
