"""A line where training gets nowhere."""

import math

#: Of the nats of a guess: a loss beyond is no slow start.
_FACTOR = 10.0


class DivergenceWarning:
    """Says after an epoch that its loss is far beyond that of a guess.

    A guess gives all levels the same probability: the logarithm of their number for every
    dimension. Compared with it is the NLL and β times the KL: in the mean of the epoch's
    updates, of which the first may have been bad, and in the validation after them.

    Args:
        display: a `Display`.
        model: an `HVAE`.
    """

    def __init__(self, display, model):
        self.display = display
        self.report = model.reporter
        self.guess = float(self.report(model.config.num_dims * math.log(model.config.levels)))

    def __call__(self, progress, evaluation):
        """Look at the last epoch of a `Progress`."""
        row, unit = progress.history[-1], self.report.unit
        train, validation = (
            row[f"{split}_nll_{unit}"] + row["beta"] * row[f"{split}_kl_{unit}"]
            for split in ("train", "validation")
        )
        # Without an update there is no mean.
        has_updates = not math.isnan(train)
        if has_updates and any(x <= _FACTOR * self.guess for x in (train, validation)):
            return
        found = f"had {train:.3g}" if has_updates else "skipped every update"
        self.display.message(
            f"warning: epoch {row['epoch']} {found}, a guess has {self.guess:.3g} "
            f"{self.report.label}: training diverges; try a lower learning_rate (now "
            f"{row['learning_rate']:.2g}), a longer lr_warmup_epochs or a gradient_clipnorm"
        )
