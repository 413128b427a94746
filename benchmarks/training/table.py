"""The table of one model."""

import statistics

from benchmarks.training.engines import ENGINES

#: What the milliseconds of the others are divided by.
REFERENCE = "torch_eager"

HEADER = (
    "engine",
    "start to first update, s",
    "again, s",
    "imports + model + first update, s",
    "ms an update",
    "of PyTorch eager's",
)


def table(results):
    """Markdown; the last column is of the GPU's memory where there is one.

    Args:
        results: `{engine: Measurement}`.
    """
    reference = results[REFERENCE].seconds if REFERENCE in results else None
    peaks, title = [r.peak_mb for r in results.values()], "peak, MB"
    if any(result.peak_gpu_mb for result in results.values()):
        peaks, title = [r.peak_gpu_mb for r in results.values()], "peak on the GPU, MB"
    rows = [
        (*_row(name, result, reference), f"{peak:,.0f}")
        for (name, result), peak in zip(results.items(), peaks)
    ]
    return markdown((*HEADER, title), rows)


def markdown(header, rows):
    """A table: a header and rows of texts."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _row(name, result, reference):
    label = ENGINES[name].label
    if not result.starts:
        return (label, result.error, *[""] * (len(HEADER) - 2))
    again = f"{statistics.median(result.starts[1:]):.1f}" if result.starts[1:] else ""
    parts = " + ".join(f"{result.parts[part]:.1f}" for part in ("load", "build", "update"))
    time, ratio = "", ""
    if result.seconds is not None:
        time = f"{1000 * result.seconds:,.0f}"
        ratio = f"{result.seconds / reference:.2f}" if reference else ""
    time = "; ".join(text for text in (time, result.error) if text)
    return (label, f"{result.starts[0]:.1f}", again, parts, time, ratio)
