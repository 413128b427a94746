"""What TensorBoard reads, without TensorFlow."""

import subprocess
import sys

import pytest

from hvae.errors import UserError
from hvae.training.logs.event_file import EventFile
from hvae.training.logs.tensorboard_log import TensorBoardLog
from hvae.training.progress import Progress


def read(folder):
    """Scalars as TensorBoard itself reads them: `{tag: [(step, value), …]}`."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder)).Reload()
    return {
        tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]
    }


def test_tensorboard_reads_every_epoch(tmp_path):
    log = TensorBoardLog(tmp_path / "new")
    for epoch in (1, 2):
        row = {"epoch": epoch, "train_nll_nats": 2.5 / epoch, "validation_kl_nats": 1, "beta": 0.5}
        log(Progress(history=[row]), None)
    assert read(tmp_path / "new") == {
        "train/nll_nats": [(1, 2.5), (2, 1.25)],
        "validation/kl_nats": [(1, 1.0), (2, 1.0)],
        "update/beta": [(1, 0.5), (2, 0.5)],
    }


def test_two_files_of_a_second_are_two(tmp_path):
    for value in (1.0, 2.0):
        EventFile(tmp_path).write(int(value), {"a": value})
    assert read(tmp_path) == {"a": [(1, 1.0), (2, 2.0)]}


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UserError, match="could not write .*taken/events.*exists"):
        EventFile(tmp_path / "taken")


def test_nothing_of_tensorflow_is_imported(tmp_path):
    code = (
        "import sys; from hvae.training.logs.event_file import EventFile;"
        "EventFile(sys.argv[1]).write(1, {'a': 1.0}); assert 'tensorflow' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == 0
