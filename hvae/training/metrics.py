"""Averages over an epoch, and the names under which they are reported."""

import numpy as np

from hvae.inference.evaluation.evaluator import mean_and_standard_error


class EpochSums:
    """Adds up what the updates of an epoch report.

    Args:
        sums: a dictionary to keep the sums in, filled already if an epoch is resumed.
        num_blocks: latent blocks of the model.
        has_consistency: whether updates report a consistency, as with `cr_vae`.
    """

    def __init__(self, sums, num_blocks, has_consistency=False):
        self.sums = sums
        self.has_consistency = has_consistency
        if not sums:
            sums.update(
                updates=0,
                nll=0.0,
                kl=[0.0] * num_blocks,
                consistency=0.0,
                norm=0.0,
                finite=0,
                most=0.0,
                skipped=0,
                seconds=0.0,
                images=0,
            )

    def add(self, result, seconds, images):
        """Add a `StepResult`; `seconds` and `images` are 0 for updates that compiled."""
        sums = self.sums
        # A skipped update may report anything, NaN too: it counts as skipped only.
        if not result.skipped:
            sums["updates"] += 1
            sums["nll"] += float(result.nll)
            sums["kl"] = [total + float(kl) for total, kl in zip(sums["kl"], result.kl)]
            sums["consistency"] += float(result.consistency)
        if np.isfinite(result.gradient_norm):
            sums["finite"] += 1
            sums["norm"] += float(result.gradient_norm)
            sums["most"] = max(sums["most"], float(result.gradient_norm))
        sums["skipped"] += int(result.skipped)
        sums["seconds"] += seconds
        sums["images"] += images

    def means(self, report, scales):
        """Metrics by name.

        Args:
            report: function from nats per image to the reported unit; its name and the
                unit are part of the keys.
            scales: the `Scale` of every block.
        """
        sums = self.sums
        # Without an update there is no mean; NaN does not look like a good one.
        updates = sums["updates"] or float("nan")
        kl = np.array(sums["kl"]) / updates
        nll = sums["nll"] / updates
        row = named_terms("train", nll, kl, report, scales)
        if self.has_consistency:
            row[f"train_consistency_{report.unit}"] = report(sums["consistency"] / updates)
        return {
            **row,
            "gradient_norm": sums["norm"] / (sums["finite"] or float("nan")),
            "gradient_norm_max": sums["most"],
            "skipped_updates": sums["skipped"],
            "images_per_second": sums["images"] / sums["seconds"] if sums["seconds"] else 0.0,
        }


def update_metrics(result, report):
    """Metrics by name of a `StepResult`."""
    nll, kl, unit = float(result.nll), float(result.kl.sum()), report.unit
    return {
        f"negative_elbo_{unit}": report(nll + kl),
        f"nll_{unit}": report(nll),
        f"kl_{unit}": report(kl),
        "gradient_norm": float(result.gradient_norm),
    }


def named_terms(split, nll, kl, report, scales):
    """Negative ELBO, NLL and KL, in all and by scale, under names that tell split and unit.

    Args:
        split: `"train"` or `"validation"`.
        nll: nats per image.
        kl: nats per image, one per block.
        report: a `Reporter`.
        scales: the `Scale` of every block.
    """
    unit = report.unit
    row = {
        f"{split}_negative_elbo_{unit}": report(nll + sum(kl)),
        f"{split}_nll_{unit}": report(nll),
        f"{split}_kl_{unit}": report(sum(kl)),
    }
    for scale, total in by_scale(kl, scales).items():
        row[f"{split}_kl_{scale}_{unit}"] = report(total)
    return row


def evaluation_metrics(split, evaluation, report, scales):
    """Metrics by name of an `Evaluation`: terms, standard error and active units."""
    _, error = mean_and_standard_error(evaluation.elbo)
    row = named_terms(split, evaluation.nll.mean(), evaluation.kl.mean(axis=0), report, scales)
    row[f"{split}_negative_elbo_standard_error_{report.unit}"] = report(error)
    for scale, active in by_scale(evaluation.active_units, scales).items():
        row[f"{split}_active_units_{scale}"] = int(active)
    return row


def by_scale(values, scales):
    """Sum the values of the blocks of each scale: `{"8x8": …}`, smallest scale first."""
    sums = {}
    for value, scale in zip(values, scales):
        sums[str(scale)] = sums.get(str(scale), 0) + value
    return sums
