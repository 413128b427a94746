"""How few latent variables carry the information."""

import numpy as np

from hvae.inference.evaluation.evaluator import ACTIVE_NATS
from utils.figures.shared.canvas import figure
from utils.figures.shared.palette import scale_palette


def draw_latent_statistics(path, statistics, kept):
    """KL of the variables in order, the share of it that the first ones carry, and by block.

    Args:
        path: the PNG file.
        statistics: a `Statistics`.
        kept: how many variables the mask keeps; marked.
    """
    kl = np.sort(np.concatenate([block.ravel() for block in statistics.kl_of_units]))[::-1]
    total = kl.sum()
    share = 100.0 * np.cumsum(kl) / (total if total else 1.0)
    number = np.arange(1, len(kl) + 1)
    with figure(path, 1, 3, size=(9.8, 3.8)) as (canvas, axes):
        order, cumulative, blocks = axes[0]
        order.plot(number, np.maximum(kl, 1e-8), color="#1f6feb")
        order.axhline(ACTIVE_NATS, color="#8a8f98", linestyle=":", label=f"{ACTIVE_NATS:g} nats")
        order.set_yscale("log")
        order.set_xscale("log")
        order.set_xlabel("variable, largest KL first")
        order.set_ylabel("average KL, nats")
        order.set_title("KL of each variable")
        cumulative.plot(100.0 * number / len(kl), share, color="#1f6feb")
        cumulative.set_xlabel("share of the variables, %")
        cumulative.set_ylabel("share of the KL, %")
        cumulative.set_title(f"the largest of {len(kl)} variables")
        if kept:
            label = f"{kept} carry {share[kept - 1]:.1f} %"
            order.axvline(kept, color="#d1495b", linestyle="--", label=f"mask: {kept}")
            cumulative.axvline(100.0 * kept / len(kl), color="#d1495b", linestyle="--", label=label)
            cumulative.legend(frameon=False, loc="lower right")
        order.legend(frameon=False)
        _draw_blocks(blocks, statistics)
        for axis in axes[0]:
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(alpha=0.3)
        canvas.suptitle(f"average over {statistics.images} images, {statistics.images_name}")


def _draw_blocks(axis, statistics):
    palette = scale_palette(statistics.scales)
    active = [100.0 * (kl > ACTIVE_NATS).mean() for kl in statistics.kl_of_units]
    numbers = np.arange(len(active))
    for name, colour in palette.items():
        is_here = np.array(statistics.scales) == name
        axis.bar(numbers[is_here], np.array(active)[is_here], color=colour, label=name)
    axis.margins(y=0.3)
    axis.set_xlabel("latent block, top first")
    axis.set_ylabel("active variables, %")
    axis.set_title(f"variables above {ACTIVE_NATS:g} nats")
    axis.xaxis.get_major_locator().set_params(integer=True)
    # Deep hierarchies have more scales than fit beside their bars.
    axis.legend(frameon=False, fontsize="small", ncols=3, loc="upper left")
