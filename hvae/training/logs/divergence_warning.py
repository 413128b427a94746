"""A line where training gets nowhere."""

import math

#: Of the nats of a guess: a loss beyond is no slow start.
_FACTOR = 10.0


class DivergenceWarning:
    """Says after an epoch that its loss is far beyond that of a guess, or no number.

    A guess gives all levels the same probability: the logarithm of their number for every
    dimension. What is compared with it is the NLL and β times the KL of the epoch's updates.

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
        loss = row[f"train_nll_{unit}"] + row["beta"] * row[f"train_kl_{unit}"]
        if loss <= _FACTOR * self.guess:
            return
        # Without an update there is no mean.
        found = "skipped every update" if math.isnan(loss) else f"had {loss:.3g}"
        self.display.message(
            f"warning: epoch {row['epoch']} {found}, a guess has {self.guess:.3g} "
            f"{self.report.label}: training diverges; try a lower learning_rate (now "
            f"{row['learning_rate']:.2g}), a longer lr_warmup_epochs or a gradient_clipnorm"
        )
