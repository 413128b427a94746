"""Metrics as TensorBoard events."""

import pathlib

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams.summary_v2 import hparams_pb

from hvae.training.logs.event_file import EventFile

#: Splits, each of which TensorBoard shows as a run of its own: curves of one tag share a chart.
_SPLITS = ("train", "validation")


class TensorBoardLog:
    """Writes numbers, figures and hyper-parameters; the step is the number of updates.

    Tags `epoch/...` are means over an epoch, once under the run `train` and once under
    `validation`; `update/...` are single updates.

    Args:
        folder: where the event files go.
        hyperparameters: names and values of the run's configuration.
    """

    def __init__(self, folder, hyperparameters=None):
        folder = pathlib.Path(folder)
        self._files = {split: EventFile(folder / split) for split in _SPLITS}
        if hyperparameters:
            EventFile(folder).write_summary(0, hparams_pb(_plain(hyperparameters), str(folder)))

    def __call__(self, progress, evaluation):
        """Write the last epoch of a `Progress`."""
        row = progress.history[-1]
        scalars = {split: {} for split in _SPLITS}
        for name, value in row.items():
            split = next((s for s in _SPLITS if name.startswith(f"{s}_")), None)
            if name not in ("epoch", "updates"):
                scalars[split or "train"][f"epoch/{name.removeprefix(f'{split}_')}"] = value
        for split, of_split in scalars.items():
            self._files[split].write(row["updates"], of_split)

    def forget_after(self, number):
        """Have TensorBoard forget updates after this one, which a run does again that has stopped.

        Args:
            number: of updates that are done.
        """
        for file in self._files.values():
            file.start_again(number + 1)

    def write_update(self, number, values):
        """Write one update.

        Args:
            number: of the update, from 1 on.
            values: names and numbers.
        """
        scalars = {f"update/{name}": value for name, value in values.items()}
        self._files["train"].write(number, scalars)

    def write_figures(self, number, paths):
        """Write figures.

        Args:
            number: of updates that are done.
            paths: of PNG files.
        """
        values = [_picture(f"figures/{path.stem}", path.read_bytes()) for path in paths]
        self._files["validation"].write_summary(number, Summary(value=values))


def _picture(tag, png):
    # The first chunk of a PNG file holds its size.
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    image = Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=png)
    return Summary.Value(tag=tag, image=image)


def _plain(values):
    """Values as TensorBoard takes them: lists are text."""
    return {
        name: " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in values.items()
    }
