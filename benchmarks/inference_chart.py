"""The chart of `benchmarks.inference`."""

import numpy as np

from benchmarks.engines import ENGINES
from benchmarks.inference_files import PARTS
from utils.figures.shared.canvas import COLOURS, figure

# Where the slowest take longer by more than this, the fastest would have no bar left.
_LARGEST_LINEAR_RATIO = 20


def draw_inference_chart(path, results, title):
    """Milliseconds at batch 1 and images a second at batch 16, an engine a bar.

    Args:
        path: the PNG file.
        results: what `benchmarks.inference` has measured, by engine.
        title: what was measured.
    """
    done = {name: result for name, result in results.items() if "error" not in result}
    size = (10.5, 1.4 + 0.62 * len(done))
    with figure(path, 2, 2, size=size, sharey=True) as (canvas, axes):
        for row, part in zip(axes, PARTS):
            latency = {n: 1000 * np.array(r["seconds"][f"{part} 1"]) for n, r in done.items()}
            rate = {n: 16 / np.array(r["seconds"][f"{part} 16"]) for n, r in done.items()}
            _bars(row[0], latency, f"{part}, batch 1: milliseconds, less is better")
            _bars(row[1], rate, f"{part}, batch 16: images a second, more is better")
        canvas.suptitle(f"{title}: medians, lines from the lower to the upper quartile")


def _bars(axis, values, title):
    """One horizontal bar for each of `{engine: values}`, from the top down."""
    low, median, high = np.array([np.percentile(v, [25, 50, 75]) for v in values.values()]).T
    engines = [ENGINES[name] for name in values]
    exported = [engine.keras_backend is None for engine in engines]
    positions = np.arange(len(values))
    colours = [COLOURS["validation" if own else "train"] for own in exported]
    axis.barh(positions, median, color=colours)
    axis.errorbar(median, positions, xerr=(median - low, high - median), fmt="none", ecolor="black")
    for position, value, end in zip(positions, median, high):
        text = f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
        axis.annotate(text, (end, position), (4, 0), textcoords="offset points", va="center")
    if high.max() > _LARGEST_LINEAR_RATIO * low.min():
        axis.set_xscale("log")
        axis.set_xlim(low.min() / 2, high.max() * 3)
        axis.xaxis.set_minor_formatter("")
    else:
        axis.set_xlim(0, 1.2 * high.max())
    axis.xaxis.set_major_formatter("{x:,g}")
    axis.set_yticks(positions, [engine.label for engine in engines])
    axis.set_ylim(len(values) - 0.5, -0.5)
    axis.set_title(title, fontsize=10)
    axis.spines[["top", "right"]].set_visible(False)
