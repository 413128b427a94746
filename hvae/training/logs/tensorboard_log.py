"""Metrics as TensorBoard events."""

from hvae.training.logs.event_file import EventFile


class TensorBoardLog:
    """Writes the numbers of every epoch as scalars; the step is the epoch.

    Args:
        folder: where the event files go.
    """

    def __init__(self, folder):
        self.events = EventFile(folder)

    def __call__(self, progress, evaluation):
        """Write the last epoch of a `Progress`."""
        row = progress.history[-1]
        scalars = {_tag(name): value for name, value in row.items() if name != "epoch"}
        self.events.write(row["epoch"], scalars)


def _tag(name):
    """`train_elbo_nats` becomes `train/elbo_nats`, so that splits are grouped."""
    for split in ("train", "validation"):
        if name.startswith(split + "_"):
            return f"{split}/{name[len(split) + 1 :]}"
    return f"update/{name}"
