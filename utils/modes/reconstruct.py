"""Images through the posterior and back."""

from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.latent_masks import add_mask_flag, masks_of_run
from utils.modes.shared.mode_flags import add_image_flags, add_output_flag

_LARGEST_GRID = 128
_COLUMNS = 10


class ReconstructMode(Mode):
    """Originals beside reconstructions, from all latent variables or the informative ones."""

    HELP = "images beside their reconstructions, also from a share of the latent variables"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=64)
        add_output_flag(parser, "mean")
        text = "only this share of the latent variables, those with most KL, from the posterior"
        add_mask_flag(parser, f"{text}; with several, the NLL as a curve", several=True)

    def run(self, session):
        quantiles = session.typed.mask_quantile
        masks = masks_of_run(session.request.run, quantiles) if quantiles else [None]

        from hvae.inference.latents.reconstructor import Reconstructor

        typed = session.typed
        reconstruct = Reconstructor(session.model, typed.output, typed.batch_size)
        progress = session.progress("reconstructing")
        results = []
        try:
            for mask in masks:
                results.append(
                    reconstruct(session.images, typed.seed, mask, progress, session.numbers)
                )
        finally:
            # Also after Ctrl-C, with the shares that were finished.
            if results and quantiles:
                _write_pruned(session, quantiles[: len(results)], masks, results)
            elif results:
                _write(session, *results)


def _write(session, result):
    from hvae.images.eight_bits import eight_bits
    from utils.figures.reconstructions import draw_reconstructions
    from utils.files.arrays_file import write_arrays

    images, shown = session.images, slice(_LARGEST_GRID)
    write_arrays(
        session.results.path("reconstructions.npz"),
        originals=images,
        reconstructions=result.images,
        **_nll(session, result.nll),
    )
    draw_reconstructions(
        session.results.path("reconstructions.png"),
        eight_bits(images[shown], session.model.config.levels),
        eight_bits(result.images[shown], _levels(session)),
        session.typed.output,
    )


def _write_pruned(session, quantiles, masks, results):
    import numpy as np

    from hvae.images.eight_bits import eight_bits
    from hvae.inference.evaluation.evaluator import mean_and_standard_error
    from utils.figures.pruning_curve import draw_pruning_curve
    from utils.figures.shared.labelled_rows import draw_labelled_rows
    from utils.files.arrays_file import write_arrays

    report, typed, results_of = session.model.reporter, session.typed, session.results
    rows = []
    for quantile, mask, result in zip(quantiles, masks, results):
        nll, error = mean_and_standard_error(report(result.nll))
        rows.append(
            {
                "mask_quantile": quantile,
                "kept_variables": int(sum(block.sum() for block in mask)),
                f"nll_{report.unit}": nll,
                f"nll_standard_error_{report.unit}": error,
            }
        )
        session.display.message(
            f"  {100 * quantile:g}% of the latent variables: "
            f"NLL {nll:.4f} ± {error:.4f} {report.label}"
        )
    about = {
        "images": session.images_name,
        "weights": session.weights_name,
        "seed": typed.seed,
        "variables": sum(block.size for block in masks[0]),
        "shares": rows,
    }
    write_json(results_of.path("pruning.json"), about)
    write_arrays(
        results_of.path("reconstructions.npz"),
        originals=session.images,
        reconstructions=np.stack([result.images for result in results]),
        mask_quantile=np.array(quantiles),
        **_nll(session, np.stack([result.nll for result in results])),
    )
    nll = [row[f"nll_{report.unit}"] for row in rows]
    errors = [row[f"nll_standard_error_{report.unit}"] for row in rows]
    draw_labelled_rows(
        results_of.path("reconstructions.png"),
        [
            eight_bits(session.images[:_COLUMNS], session.model.config.levels),
            *(eight_bits(result.images[:_COLUMNS], _levels(session)) for result in results),
        ],
        [
            "originals",
            *(f"{100 * q:g}%\nNLL {value:.3f}" for q, value in zip(quantiles, nll)),
        ],
        256,
        "the given share of the latents from the posterior, the others from the prior\n"
        f"{typed.output} of p(x|z), NLL in {report.label}",
    )
    draw_pruning_curve(
        results_of.path("pruning.png"), quantiles, nll, errors, report.label, session.images_name
    )


def _levels(session):
    """Levels of the reconstructions."""
    return session.model.likelihood.output_levels(session.typed.output)


def _nll(session, nll):
    report = session.model.reporter
    return {f"nll_{report.unit}": report(nll)}
