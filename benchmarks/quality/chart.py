"""The curves."""

import numpy as np

from benchmarks.quality.training import SETS
from data.sets import DATASETS
from utils.figures.shared.canvas import figure

_COLOURS = ("#1f6feb", "#d1570b", "#2f9e44", "#8250df")
#: Curves start far above; shown is what comes after this share of the minutes of training.
_SHOWN_FROM = 0.25


def draw_quality(path, results):
    """−ELBO of validation images against minutes: a panel a set, a line a family (mean of seeds).

    The band is from the best seed to the worst.

    Args:
        path: the PNG file.
        results: `{set: {family: [results of each seed]}}`, as `training.train` gives them.
    """
    with figure(path, 1, len(results), size=(4.6 * len(results), 3.6)) as (_, axes):
        for axis, (name, families) in zip(axes[0], results.items()):
            tops, ends = [], []
            for colour, (family, found) in zip(_COLOURS, families.items()):
                minutes, curves = common_curves([result["curve"] for result in found])
                mean, lowest, highest = curves.mean(axis=0), curves.min(axis=0), curves.max(axis=0)
                axis.plot(minutes, mean, color=colour, label=family)
                axis.fill_between(minutes, lowest, highest, color=colour, alpha=0.15, linewidth=0)
                shown_from = minutes[0] + _SHOWN_FROM * (minutes[-1] - minutes[0])
                tops.append(np.interp(shown_from, minutes, mean))
                ends.append(lowest.min())
            span = max(tops) - min(ends)
            axis.set_ylim(min(ends) - 0.05 * span, max(tops))
            axis.set_xlim(0, None)
            axis.set_title(f"{DATASETS[SETS[name]].title}, binary", fontsize=11)
            axis.set_xlabel("minutes of one core since the start")
            axis.grid(alpha=0.3)
            axis.spines[["top", "right"]].set_visible(False)
        axes[0, 0].set_ylabel("−ELBO of validation images, nats")
        axes[0, -1].legend(frameon=False)


def common_curves(curves):
    """Curves of several seeds at the same minutes.

    Args:
        curves: of each seed `(minutes, updates, nats)`, point by point.

    Returns:
        `(points,)` minutes, that all have reached, and `(seeds, points)` nats.
    """
    columns = [np.array(curve).T for curve in curves]
    first = max(minutes[0] for minutes, _, _ in columns)
    last = min(minutes[-1] for minutes, _, _ in columns)
    common = np.linspace(first, last, max(len(curve) for curve in curves))
    return common, np.array([np.interp(common, minutes, nats) for minutes, _, nats in columns])
