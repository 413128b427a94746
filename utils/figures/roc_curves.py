"""How well scores tell two sets of images apart."""

from utils.figures.shared.canvas import figure


def draw_roc_curves(path, curves, title):
    """Draw ROC curves.

    Args:
        path: the PNG file.
        curves: `{label: (false positive rates, true positive rates)}`; the first is the
            likelihood's, the others those of the levels.
        title: which images.
    """
    from matplotlib import colormaps

    with figure(path, size=(5.6, 5.2)) as (_, axes):
        axis = axes[0, 0]
        axis.plot((0, 1), (0, 1), color="#cccccc", linewidth=1)
        levels = max(len(curves) - 1, 1)
        for i, (label, (false, true)) in enumerate(curves.items()):
            colour = colormaps["viridis"](0.1 + 0.8 * (i - 1) / levels) if i else "#8a8f98"
            axis.plot(false, true, color=colour, label=label, linestyle="-" if i else "--")
        axis.set_xlabel("false positive rate")
        axis.set_ylabel("true positive rate")
        axis.set_title(title, fontsize=10)
        axis.legend(frameon=False, fontsize="small", loc="lower right")
        axis.spines[["top", "right"]].set_visible(False)
