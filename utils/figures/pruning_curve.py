"""What pruning the latents costs."""

from utils.figures.shared.canvas import figure


def draw_pruning_curve(path, shares, nll, errors, label, detail):
    """NLL against the share of the latent variables that come from the posterior.

    Args:
        path: the PNG file.
        shares: shares kept, 0 to 1.
        nll: NLL for each, in the unit of `label`.
        errors: its standard errors.
        label: unit of the NLL.
        detail: images and weights, for the title's second line.
    """
    order = sorted(range(len(shares)), key=lambda i: shares[i])
    shares, nll, errors = ([values[i] for i in order] for values in (shares, nll, errors))
    positive = [share for share in shares if share > 0]
    with figure(path, size=(6.2, 4.0)) as (_, axes):
        axis = axes[0, 0]
        axis.errorbar(shares, nll, errors, color="#1f6feb", marker="o", markersize=4, capsize=3)
        # Logarithmic down to the smallest share, then linear to 0.
        axis.set_xscale("symlog", linthresh=min(positive, default=1.0), linscale=0.5)
        axis.set_xticks(shares, [f"{100 * share:g}%" for share in shares])
        axis.minorticks_off()
        axis.set_xlabel("latent variables from the posterior, the others from the prior")
        axis.set_ylabel(f"NLL, {label}")
        axis.set_title(f"NLL of pruned latents\n{detail}", fontsize=11)
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
