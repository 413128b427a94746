"""Logs that grow by a line an epoch."""

import csv
import json

import pytest

from hvae.errors import UserError
from hvae.training.history import History
from hvae.training.logs import rows_log
from hvae.training.logs.csv_log import CSVLog
from hvae.training.logs.json_lines_log import JSONLinesLog
from hvae.training.progress import Progress
from tests.disks import files_of_at_most


class Epochs:
    """Epochs that a log is told of."""

    def __init__(self, log):
        self.log = log
        self.progress = Progress(history=History())

    def go(self, count=1):
        for _ in range(count):
            epoch = len(self.progress.history) + 1
            self.progress.history.append({"epoch": epoch, "loss": 0.1 * epoch})
            self.log(self.progress, None)
        return self

    @property
    def rows(self):
        text = self.log.path.read_text()
        if isinstance(self.log, JSONLinesLog):
            return [json.loads(line) for line in text.splitlines()]
        rows = csv.DictReader(text.splitlines())
        return [{"epoch": int(row["epoch"]), "loss": float(row["loss"])} for row in rows]

    @property
    def are_there(self):
        return self.rows == list(self.progress.history)


@pytest.fixture(params=[CSVLog, JSONLinesLog])
def epochs(request, tmp_path):
    return Epochs(request.param(tmp_path / "log"))


def test_it_is_written_whole_once_and_grows_then(epochs, monkeypatch):
    whole = []
    write = rows_log.write_text
    monkeypatch.setattr(rows_log, "write_text", lambda *given: whole.append(given) or write(*given))
    epochs.go(5)
    assert epochs.are_there and len(whole) == 1


@pytest.mark.parametrize("spoil", ["delete", "add"])
def test_what_somebody_has_changed_is_written_again(epochs, spoil):
    path = epochs.go(2).log.path
    path.unlink() if spoil == "delete" else path.write_text(path.read_text() + "x")
    assert epochs.go().are_there


def test_a_resumed_run_writes_all_that_it_has_done(epochs):
    path = epochs.go(3).log.path
    path.write_text(path.read_text()[:-4])
    again = Epochs(type(epochs.log)(path))
    again.progress = epochs.progress
    assert again.go(2).are_there


def test_a_full_disk_leaves_whole_rows(epochs):
    path = epochs.go(3).log.path
    with files_of_at_most(path.stat().st_size + 5):
        with pytest.raises(UserError, match="could not write .*what was there is untouched"):
            epochs.go()
    assert epochs.rows == epochs.progress.history[:3]
    assert epochs.go().are_there
