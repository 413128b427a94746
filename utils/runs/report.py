"""Results as lines of text."""

from hvae.inference.evaluation.evaluator import mean_and_standard_error
from hvae.training.metrics import by_scale

_TERMS = ("negative_elbo", "nll", "kl")


class EpochReport:
    """Prints two lines after every epoch.

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

        best = " *best" if progress.best_epoch == progress.epoch else ""
        self.display.message(
            f"epoch {row['epoch']}/{self.epochs}  train {terms('train')}  "
            f"validation {terms('validation')} {self.report.label}{best}"
        )
        kl_of_scales = "  ".join(
            f"{scale} {row[f'validation_kl_{scale}_{unit}']:.3f} "
            f"({row[f'validation_active_units_{scale}']} active)"
            for scale in self.scales
        )
        self.display.message(
            f"    KL {kl_of_scales} | gradient {row['gradient_norm']:.3g}, "
            f"skipped {row['skipped_updates']}, lr {row['learning_rate']:.2g}, "
            f"beta {row['beta']:.2g}, {row['images_per_second']:.0f} images/s"
        )


def evaluation_lines(evaluation, model):
    """Lines of a table: negative ELBO, NLL and KL with standard errors, KL by scale."""
    results = evaluation_results(evaluation, model)
    unit, label = model.reporter.unit, model.reporter.label
    lines = []
    for name, term in zip(("-ELBO", "NLL", "KL"), _TERMS):
        mean, error = results[f"{term}_{unit}"], results[f"{term}_standard_error_{unit}"]
        lines.append(f"{name:<6}{mean:10.4f} ± {error:.4f} {label}")
    scales = model.config.latent_scales
    for scale, units in by_scale([block.size for block in evaluation.kl_of_units], scales).items():
        kl, active = results[f"kl_{scale}_{unit}"], results[f"active_units_{scale}"]
        lines.append(f"  KL at {scale:<9}{kl:8.4f} {label}, {active} of {units} units active")
    return lines


def evaluation_results(evaluation, model):
    """The same as plain numbers, with the unit in the name, and those of every block."""
    report = model.reporter
    results = {"images": len(evaluation.nll)}
    terms = (-evaluation.elbo, evaluation.nll, evaluation.kl.sum(axis=-1))
    for term, values in zip(_TERMS, terms):
        results |= mean_results(term, report(values), report.unit)
    scales, active = model.config.latent_scales, evaluation.active_units
    kl = report(evaluation.kl.mean(axis=0))
    for scale, value in by_scale(kl, scales).items():
        results[f"kl_{scale}_{report.unit}"] = float(value)
    for scale, value in by_scale(active, scales).items():
        results[f"active_units_{scale}"] = value
    results["blocks"] = [
        {
            "block": i,
            "scale": str(scale),
            f"kl_{report.unit}": float(kl[i]),
            "active_units": active[i],
            "units": evaluation.kl_of_units[i].size,
        }
        for i, scale in enumerate(scales)
    ]
    return results


def mean_results(name, values, unit=""):
    """Mean and standard error of values per image, named as in every results file."""
    mean, error = mean_and_standard_error(values)
    ending = f"_{unit}" if unit else ""
    return {f"{name}{ending}": mean, f"{name}_standard_error{ending}": error}
