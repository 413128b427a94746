"""Results as lines of text."""

from hvae.inference.evaluation.evaluator import mean_and_standard_error
from hvae.training.metrics import by_scale

_TERMS = ("negative_elbo", "nll", "kl")


class EpochReport:
    """Prints two lines after every epoch; in a log, now and then.

    Args:
        display: a `Display`.
        model: an `HVAE`.
        epochs: how many there will be.
    """

    def __init__(self, display, model, epochs):
        self.display = display
        self.report = model.reporter
        self.scales = list(
            by_scale([0] * len(model.config.latent_scales), model.config.latent_scales)
        )
        self.epochs = epochs

    def __call__(self, progress, evaluation):
        """Print the last epoch of a `Progress`."""
        row, unit = progress.history[-1], self.report.unit

        def terms(split):
            elbo, nll, kl = (row[f"{split}_{term}_{unit}"] for term in _TERMS)
            return f"-ELBO {elbo:.4f} = NLL {nll:.4f} + KL {kl:.4f}"

        is_last = row["epoch"] == self.epochs
        say = self.display.message if is_last else self.display.passing_message
        best = " *best" if progress.best_epoch == progress.epoch else ""
        lines = [
            f"epoch {row['epoch']}/{self.epochs}  train {terms('train')}  "
            f"validation {terms('validation')} {self.report.label}{best}"
        ]
        kl_of_scales = "  ".join(
            f"{scale} {row[f'validation_kl_{scale}_{unit}']:.3f} "
            f"({row[f'validation_active_units_{scale}']} active)"
            for scale in self.scales
        )
        lines.append(
            f"    KL {kl_of_scales} | gradient {row['gradient_norm']:.3g}, "
            f"skipped {row['skipped_updates']}, lr {row['learning_rate']:.2g}, "
            f"beta {row['beta']:.2g}, {row['images_per_second']:.0f} images/s"
        )
        say("\n".join(lines))


def evaluation_lines(evaluation, model):
    """Lines of a table: negative ELBO, NLL and KL with standard errors, KL by scale."""
    report, scales = model.reporter, model.config.latent_scales
    lines = []
    for name, nats in zip(("-ELBO", "NLL", "KL"), _terms(evaluation).values()):
        lines.append(f"{name:<6}{report.text(*mean_and_standard_error(nats), width=10)}")
    kl = by_scale(evaluation.kl.mean(axis=0), scales)
    active = by_scale(evaluation.active_units, scales)
    for scale, units in by_scale([block.size for block in evaluation.kl_of_units], scales).items():
        text = report.text(kl[scale], width=8)
        lines.append(f"  KL at {scale:<9}{text}, {active[scale]} of {units} units active")
    return lines


def evaluation_results(evaluation, model):
    """The same as plain numbers, with the unit in the name, and those of every block."""
    reports, scales = model.reporter.in_all_units, model.config.latent_scales
    results = {"images": len(evaluation.nll)}
    for term, nats in _terms(evaluation).items():
        results |= mean_results(term, nats, model.reporter)
    kl, active = evaluation.kl.mean(axis=0), evaluation.active_units
    for scale, nats in by_scale(kl, scales).items():
        results |= {f"kl_{scale}_{report.unit}": float(report(nats)) for report in reports}
    for scale, value in by_scale(active, scales).items():
        results[f"active_units_{scale}"] = value
    results["blocks"] = [
        {
            "block": i,
            "scale": str(scale),
            **{f"kl_{report.unit}": float(report(kl[i])) for report in reports},
            "active_units": active[i],
            "units": evaluation.kl_of_units[i].size,
        }
        for i, scale in enumerate(scales)
    ]
    return results


def mean_results(name, nats, reporter):
    """Mean and standard error of values per image, in all units, named as in every results file.

    Args:
        name: what they are.
        nats: `(images,)`.
        reporter: the model's `Reporter`.
    """
    mean, error = mean_and_standard_error(nats)
    results = {}
    for report in reporter.in_all_units:
        results[f"{name}_{report.unit}"] = report(mean)
        results[f"{name}_standard_error_{report.unit}"] = report(error)
    return results


def _terms(evaluation):
    """Values per image by name, nats."""
    kl = evaluation.kl.sum(axis=-1)
    return dict(zip(_TERMS, (-evaluation.elbo, evaluation.nll, kl)))
