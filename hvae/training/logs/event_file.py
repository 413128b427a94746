"""A file that TensorBoard reads, written without TensorFlow."""

import itertools
import os
import pathlib
import time

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from hvae.errors import UserError

_count = itertools.count()


class EventFile:
    """A new file of scalars in a folder; TensorBoard shows all files of a folder as one run.

    TensorBoard's own writer asks TensorFlow, where that is installed, for the file: under JAX and
    PyTorch that takes seconds, and memory on a GPU.

    Args:
        folder: made if it is not there.

    Raises:
        UserError: if the file cannot be written.
    """

    def __init__(self, folder):
        # Named as TensorFlow names them; the process and a count keep two of a second apart.
        name = f"events.out.tfevents.{int(time.time())}.{os.getpid()}.{next(_count):06d}"
        self.path = pathlib.Path(folder) / name
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def write(self, step, scalars):
        """Append numbers.

        Args:
            step: what they are of, an integer.
            scalars: a dictionary of numbers by tag.
        """
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        self.write_summary(step, Summary(value=values))

    def write_summary(self, step, summary):
        """Append a `Summary` of whatever kind."""
        self._append(Event(wall_time=time.time(), step=step, summary=summary))

    def start_again(self, step):
        """Have TensorBoard forget what the folder's other files say of this step and later ones."""
        start = SessionLog(status=SessionLog.START)
        self._append(Event(wall_time=time.time(), step=step, session_log=start))

    def _append(self, event):
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "ab") as file:
                RecordWriter(file).write(event.SerializeToString())
        except OSError as error:
            raise UserError(f"could not write {self.path} ({error.strerror})") from error
