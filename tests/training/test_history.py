import json

import numpy as np
import pytest

from hvae.training.history import History
from hvae.training.progress import Progress

ROWS = [
    {"epoch": i, "loss": value} for i, value in ((1, 0.1 + 0.2), (2, float("inf")), (3, 1e-300))
]


def test_it_is_a_sequence_of_what_was_added():
    history = History(ROWS[:1])
    for row in ROWS[1:]:
        history.append(row)
    assert len(history) == 3 and list(history) == ROWS
    assert history[-1] == ROWS[-1] and history[1:] == ROWS[1:] and not History()
    assert [type(value) for value in history[0].values()] == [int, float]
    with pytest.raises(IndexError):
        history[3]


def test_names_come_and_go_and_integers_become_what_they_are_added_to():
    history = History([{"epoch": 1, "a": 1}, {"epoch": 2, "a": 2}])
    history.append({"epoch": 3, "a": 0.5, "b": 7})
    assert list(map(str, history)) == [
        "{'epoch': 1, 'a': 1.0, 'b': nan}",
        "{'epoch': 2, 'a': 2.0, 'b': nan}",
        "{'epoch': 3, 'a': 0.5, 'b': 7.0}",
    ]


def test_every_bit_goes_through_arrays():
    before = Progress(3, 2, -0.1, {"kl": [0.1]}, History(ROWS))
    after = Progress.from_arrays(before.to_arrays())
    assert vars(after) | {"history": ROWS} == vars(before) | {"history": ROWS}
    assert list(after.history) == ROWS
    assert Progress.from_arrays(Progress().to_arrays()).epoch == 0


def test_an_epoch_takes_eight_bytes_a_number_of_a_state():
    few, many = (
        sum(
            array.nbytes
            for array in Progress(n, history=History(n * ROWS[:1])).to_arrays().values()
        )
        for n in (10, 90)
    )
    assert many - few == 80 * 2 * 8


def test_the_text_of_states_before_there_were_tables_is_read():
    values = {"epoch": 3, "best_epoch": 2, "best_elbo": -0.1, "sums": {}, "history": ROWS}
    progress = Progress.from_arrays({"progress": np.array(json.dumps(values))})
    assert (progress.epoch, progress.best_epoch, list(progress.history)) == (3, 2, ROWS)


def test_a_history_of_other_epochs_is_no_state():
    arrays = Progress(3, history=History(ROWS)).to_arrays()
    del arrays["history"]
    with pytest.raises(ValueError, match="3 epochs, metrics of 0"):
        Progress.from_arrays(arrays)
