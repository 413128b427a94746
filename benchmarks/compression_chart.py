"""The chart of `benchmarks.compression`."""

from utils.figures.shared.canvas import COLOURS, figure


def draw_sizes(path, sizes):
    """Bits/dim of every code: a panel a set, a bar a code, a line at −ELBO.

    Args:
        path: the PNG file.
        sizes: `{set: {code: bits/dim}}`, −ELBO first, then bits-back coding, then the others.
    """
    with figure(path, 1, len(sizes), size=(4.8 * len(sizes), 2.6)) as (_, axes):
        for axis, (name, of_set) in zip(axes[0], sizes.items()):
            bound, *codes = of_set.items()
            labels, values = zip(*codes)
            colours = [COLOURS["validation"], *[COLOURS["train"]] * (len(values) - 1)]
            bars = axis.barh(labels, values, color=colours)
            axis.bar_label(bars, fmt="%.3f", padding=4)
            axis.axvline(bound[1], color="black", linestyle="--", linewidth=1)
            above = axis.get_xaxis_transform()
            axis.text(bound[1], 1.02, f" {bound[0]}", transform=above, fontsize=9)
            axis.set_xlim(0, 1.2 * max(values))
            axis.invert_yaxis()
            axis.set_xlabel("bits/dim, less is better")
            axis.set_title(name, fontsize=10, pad=16)
            axis.spines[["top", "right"]].set_visible(False)
