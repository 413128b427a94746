"""Where the information sits."""

import numpy as np

from hvae.training.metrics import by_scale
from utils.figures.shared.canvas import figure
from utils.figures.shared.palette import scale_palette


def draw_kl_per_scale(path, evaluation, scales, reporter):
    """KL of every block, coloured by scale, and the share of every scale.

    Args:
        path: the PNG file.
        evaluation: an `Evaluation`.
        scales: the `Scale` of every block, smallest first.
        reporter: the model's `Reporter`.
    """
    kl = reporter(evaluation.kl.mean(axis=0))
    names = [str(scale) for scale in scales]
    sums = by_scale(kl, scales)
    active = by_scale(evaluation.active_units, scales)
    units = by_scale([block.size for block in evaluation.kl_of_units], scales)
    palette = scale_palette(names)
    with figure(path, 1, 2, size=(9.5, 3.8), width_ratios=(3, 2)) as (canvas, axes):
        blocks, shares = axes[0]
        positions = np.arange(len(kl))
        blocks.bar(positions, kl, color=[palette[name] for name in names])
        blocks.set_xlabel("latent block, from the top of the hierarchy down")
        blocks.set_ylabel(f"KL, {reporter.label}")
        blocks.set_title("KL of each block")
        blocks.xaxis.get_major_locator().set_params(integer=True)
        labels = [f"{name}\n{active[name]} of {units[name]}\nactive" for name in sums]
        bars = shares.bar(labels, list(sums.values()), color=list(palette.values()))
        shares.bar_label(bars, fmt="%.3f", padding=2)
        shares.margins(y=0.12)
        shares.set_title(f"KL of each scale, {sum(sums.values()):.3f} {reporter.label} in all")
        for axis in (blocks, shares):
            axis.spines[["top", "right"]].set_visible(False)
