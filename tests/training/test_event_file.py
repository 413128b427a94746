"""What TensorBoard reads, without TensorFlow."""

import json
import subprocess
import sys

import pytest

from hvae.errors import UserError
from hvae.training.logs.event_file import EventFile
from hvae.training.logs.json_lines_log import JSONLinesLog
from hvae.training.logs.tensorboard_log import TensorBoardLog
from hvae.training.progress import Progress


def read(folder):
    """Scalars as TensorBoard itself reads them: `{tag: [(step, value), …]}`."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder)).Reload()
    return {
        tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]
    }


def test_a_quantity_has_one_chart_with_a_curve_for_each_split(tmp_path):
    log = TensorBoardLog(tmp_path)
    for epoch in (1, 2):
        row = {"epoch": epoch, "updates": 45 * epoch, "train_nll_nats": 2.5 / epoch}
        log(Progress(history=[row | {"validation_nll_nats": 3.0, "beta": 0.5}]), None)
    log.write_update(50, {"nll_nats": 1.5})
    assert read(tmp_path / "train") == {
        "epoch/nll_nats": [(45, 2.5), (90, 1.25)],
        "epoch/beta": [(45, 0.5), (90, 0.5)],
        "update/nll_nats": [(50, 1.5)],
    }
    assert read(tmp_path / "validation") == {"epoch/nll_nats": [(45, 3.0), (90, 3.0)]}


def test_figures_and_hyperparameters(tmp_path):
    """As TensorBoard itself reads them."""
    from PIL import Image
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import metadata

    Image.new("RGB", (5, 3)).save(tmp_path / "samples.png")
    log = TensorBoardLog(tmp_path / "log", {"z_width": [16, 8], "beta": 0.5, "use_ema": True})
    log.write_figures(7, [tmp_path / "samples.png"])
    events = EventAccumulator(str(tmp_path / "log" / "validation")).Reload()
    (image,) = events.Images("figures/samples")
    assert (image.step, image.width, image.height) == (7, 5, 3)
    assert image.encoded_image_string == (tmp_path / "samples.png").read_bytes()
    events = EventAccumulator(str(tmp_path / "log")).Reload()
    content = events.SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    values = metadata.parse_session_start_info_plugin_data(content).hparams
    assert values["z_width"].string_value == "16 8" and values["beta"].number_value == 0.5
    assert values["use_ema"].bool_value is True


def test_json_lines_hold_every_epoch(tmp_path):
    rows = [{"epoch": 1, "loss": float("nan")}, {"epoch": 2, "loss": 0.1 + 0.2}]
    JSONLinesLog(tmp_path / "metrics.jsonl")(Progress(history=rows), None)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"epoch": 1, "loss": None}, rows[1]]


def test_a_resumed_run_forgets_what_it_does_again(tmp_path):
    row = {"epoch": 1, "updates": 2, "train_nll_nats": 2.5}
    before = TensorBoardLog(tmp_path)
    for number in (1, 2, 3, 4):
        before.write_update(number, {"nll_nats": float(number)})
        if number == 2:
            before(Progress(history=[row]), None)
    (first,) = (tmp_path / "train").iterdir()
    first.rename(first.with_name("events.out.tfevents.1.1.0"))
    after = TensorBoardLog(tmp_path)
    after.forget_after(3)
    after.write_update(4, {"nll_nats": 8.0})
    assert read(tmp_path / "train") == {
        "epoch/nll_nats": [(2, 2.5)],
        "update/nll_nats": [(1, 1.0), (2, 2.0), (3, 3.0), (4, 8.0)],
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
