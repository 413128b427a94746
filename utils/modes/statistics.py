"""Which latent variables carry information."""

from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_data_flag, add_number


class StatisticsMode(Mode):
    """Average KL of every latent variable, which masks of latents are made from."""

    HELP = "average KL of every latent variable over a share of the training images"
    SHARES_BATCHES = True

    def add_flags(self, parser):
        add_number(parser, "--share", 0.1, "share of the training images, 0 to 1", kind=float)
        add_number(
            parser,
            "--mask_quantile",
            0.03,
            "say what this share of the variables carries, 0 to 1",
            kind=float,
        )
        add_data_flag(parser)

    def check(self, typed):
        from hvae.errors import UserError

        if not 0.0 < typed.share <= 1.0:
            raise UserError(f"share: must be above 0 and at most 1. Received: {typed.share:g}")
        if not 0.0 <= typed.mask_quantile <= 1.0:
            raise UserError(f"mask_quantile: must be 0 to 1. Received: {typed.mask_quantile:g}")

    def run(self, session):
        import numpy as np

        from data.rows import Rows
        from hvae.inference.evaluation.evaluator import Evaluator
        from hvae.inference.latents.latent_mask import mask_of_quantile, share_of_kl
        from utils.figures.latent_statistics import draw_latent_statistics
        from utils.modes.shared.statistics_file import NAME, Statistics, write_statistics

        typed, model, results = session.typed, session.model, session.results
        train = session.split("train")
        count = max(1, round(typed.share * len(train)))
        rng = np.random.default_rng(typed.seed)
        chosen = np.sort(rng.choice(len(train), count, replace=False))
        evaluation = Evaluator(model, typed.batch_size)(
            # Read batch by batch: a share of some data sets is larger than memory.
            Rows(train, chosen),
            seed=typed.seed,
            progress=session.progress("train"),
            numbers=chosen,
        )
        dataset = session.request.experiment.run.dataset
        statistics = Statistics(
            evaluation.kl_of_units,
            tuple(str(scale) for scale in model.config.latent_scales),
            count,
            f"{typed.share:g} of the train split of {dataset}",
            typed.seed,
            session.weights_name,
        )
        write_statistics(results.path(NAME), statistics)

        masks = mask_of_quantile(statistics.kl_of_units, typed.mask_quantile)
        kept, variables = sum(int(m.sum()) for m in masks), sum(m.size for m in masks)
        share = share_of_kl(statistics.kl_of_units, masks)
        draw_latent_statistics(results.path("statistics.png"), statistics, kept)
        report = model.reporter
        kl = report(float(sum(kl.sum() for kl in statistics.kl_of_units)))
        values = {
            "images": count,
            "images_name": statistics.images_name,
            "weights": statistics.weights,
            "seed": typed.seed,
            "variables": variables,
            "active_units": sum(evaluation.active_units),
            f"kl_{report.unit}": kl,
            "mask_quantile": typed.mask_quantile,
            "mask_variables": kept,
            "mask_share_of_kl": share,
            "mask_variables_of_blocks": [int(mask.sum()) for mask in masks],
        }
        write_json(results.path("statistics.json"), values)
        session.display.message(
            f"{session.request.run}: {count} images, {statistics.images_name}, "
            f"{session.weights_name}"
        )
        session.display.message(
            f"  KL {kl:.4f} {report.label}; {kept} of {variables} variables "
            f"({typed.mask_quantile:g} of them) carry {100 * share:.1f} % of it"
        )
