"""How training went."""

from utils.figures.shared.canvas import COLOURS, figure


def draw_training_curves(path, history, reporter):
    """ELBO, its two terms, gradient norm and learning rate by epoch.

    Args:
        path: the PNG file.
        history: a dictionary of metrics per epoch.
        reporter: the model's `Reporter`.
    """
    epochs = [row["epoch"] for row in history]
    unit = reporter.unit
    # A single epoch is a point, not a line.
    style = {"marker": "o" if len(epochs) < 15 else None, "markersize": 3}
    with figure(path, 2, 2, size=(9.0, 6.0), sharex=True) as (canvas, axes):
        for axis, term, title in (
            (axes[0, 0], "negative_elbo", "negative ELBO"),
            (axes[0, 1], "nll", "NLL"),
            (axes[1, 0], "kl", "KL"),
        ):
            for split, colour in COLOURS.items():
                values = [row[f"{split}_{term}_{unit}"] for row in history]
                axis.plot(epochs, values, color=colour, label=split, **style)
            axis.set_title(title)
            axis.set_ylabel(reporter.label)
            axis.grid(alpha=0.3)
        axes[0, 0].legend(frameon=False)
        for axis, term in ((axes[0, 0], "negative_elbo"), (axes[0, 1], "nll")):
            _limit_to_later(axis, [[row[f"{s}_{term}_{unit}"] for s in COLOURS] for row in history])
        norm = axes[1, 1]
        norm.plot(epochs, [row["gradient_norm"] for row in history], color="#d1495b", **style)
        norm.set_title("gradient norm (mean of the epoch) and learning rate")
        norm.set_ylabel("gradient norm", color="#d1495b")
        norm.set_yscale("log")
        norm.grid(alpha=0.3)
        rate = norm.twinx()
        rate.plot(
            epochs, [row["learning_rate"] for row in history], color="#2a9d8f", linestyle="--"
        )
        rate.set_ylabel("learning rate", color="#2a9d8f")
        rate.set_ylim(bottom=0)
        for axis in axes[1]:
            axis.set_xlabel("epoch")
            axis.xaxis.get_major_locator().set_params(integer=True)


def _limit_to_later(axis, values):
    """Keep the first epochs from hiding the rest: the axis ends at the fifth epoch's values."""
    if len(values) < 20:
        return
    low, high = min(min(row) for row in values), max(max(row) for row in values[4:])
    margin = 0.05 * (high - low)
    axis.set_ylim(low - margin, high + margin)
