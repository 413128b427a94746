"""Metrics as TensorBoard events."""

import contextlib

import tensorflow as tf

from hvae.errors import UserError


class TensorBoardLog:
    """Writes the numbers of every epoch as scalars; the step is the epoch.

    Args:
        folder: where the event files go.
    """

    def __init__(self, folder):
        self.folder = folder
        with self._writing():
            self.writer = tf.summary.create_file_writer(str(folder))

    def __call__(self, progress, evaluation):
        """Write the last epoch of a `Progress`."""
        row = progress.history[-1]
        with self._writing(), self.writer.as_default():
            for name, value in row.items():
                if name != "epoch":
                    tf.summary.scalar(_tag(name), value, step=row["epoch"])
            self.writer.flush()

    @contextlib.contextmanager
    def _writing(self):
        try:
            yield
        except tf.errors.OpError as error:
            raise UserError(f"could not write {self.folder} ({error.message})") from error


def _tag(name):
    """`train_elbo_nats` becomes `train/elbo_nats`, so that splits are grouped."""
    for split in ("train", "validation"):
        if name.startswith(split + "_"):
            return f"{split}/{name[len(split) + 1 :]}"
    return f"update/{name}"
