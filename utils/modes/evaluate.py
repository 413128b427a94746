"""How good the model is."""

from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags, add_number


class EvaluateMode(Mode):
    """NLL, KL and ELBO with standard errors, KL and active units per block and scale."""

    HELP = "NLL, KL, ELBO and importance-weighted bound, SSIM, KL and active units per scale"
    SHARES_BATCHES = True

    def add_flags(self, parser):
        add_image_flags(parser, num_images=0)
        add_number(
            parser, "--num_samples", 1, "posterior samples of each image, averaged", 1, most=100_000
        )
        add_number(
            parser,
            "--importance_samples",
            0,
            "samples of the importance-weighted (IWAE) bound, e.g. 1 100 1000: all from one pass; "
            "0: without it",
            least=0,
            several=True,
        )

    def run(self, session):
        from hvae.inference.evaluation.evaluator import Evaluator
        from utils.figures.kl_per_scale import draw_kl_per_scale
        from utils.files.arrays_file import write_arrays
        from utils.runs.report import evaluation_lines, evaluation_results

        typed, model, results = session.typed, session.model, session.results
        evaluation = Evaluator(model, typed.batch_size)(
            session.images,
            num_samples=typed.num_samples,
            seed=typed.seed,
            progress=session.progress(typed.split),
            numbers=session.numbers,
        )
        session.display.message(
            f"{session.request.run}: {session.images_name}, "
            f"{typed.num_samples} posterior sample{'s' if typed.num_samples > 1 else ''}, "
            f"{session.weights_name}"
        )
        for line in evaluation_lines(evaluation, model):
            session.display.message(f"  {line}")
        draw_kl_per_scale(
            results.path("kl_per_scale.png"),
            evaluation,
            model.config.latent_scales,
            model.reporter,
        )
        values = {
            "images_name": session.images_name,
            "weights": session.weights_name,
            "num_samples": typed.num_samples,
            "seed": typed.seed,
            **evaluation_results(evaluation, model),
        }
        of_images = {
            "numbers": session.numbers,
            "elbo_nats": evaluation.elbo,
            "nll_nats": evaluation.nll,
            "kl_nats": evaluation.kl,
        }
        path, array_path = results.path("evaluation.json"), results.path("evaluation.npz")
        # Written after every part: an interruption leaves those that were finished.
        for part in (None, _ssim, _importance_bounds):
            if part:
                found, arrays = part(session)
                values |= found
                of_images |= arrays
            write_json(path, values)
            write_arrays(array_path, **of_images)


def _ssim(session):
    """SSIM of images and their reconstructions: mean with error, and of each image."""
    from hvae.inference.evaluation.evaluator import mean_and_standard_error
    from hvae.inference.evaluation.ssim import ssim
    from hvae.inference.latents.reconstructor import Reconstructor

    typed, model = session.typed, session.model
    reconstructions = Reconstructor(model, batch_size=typed.batch_size)(
        session.images,
        typed.seed,
        progress=session.progress("reconstructing"),
        numbers=session.numbers,
    ).images
    levels = model.config.levels, model.likelihood.mean_levels
    of_images = ssim(session.images, reconstructions, *levels)
    mean, error = mean_and_standard_error(of_images)
    session.display.message(f"  SSIM  {mean:10.4f} ± {error:.4f}, mean of p(x|z)")
    return {"ssim": mean, "ssim_standard_error": error}, {"ssim": of_images}


def _importance_bounds(session):
    """The importance-weighted bounds that were asked for; of several, the last is the tightest."""
    from hvae.inference.evaluation.evaluator import mean_and_standard_error
    from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
    from utils.runs.report import mean_results

    typed, reporter = session.typed, session.model.reporter
    counts = sorted({count for count in typed.importance_samples if count})
    if not counts:
        return {}, {}
    bounds = importance_weighted_bound(
        LogWeights(session.model),
        session.images,
        counts,
        typed.seed,
        typed.batch_size,
        session.progress("importance samples"),
        session.numbers,
    )
    rows = []
    for count, nats in zip(counts, -bounds):
        session.display.message(
            f"  -log p(x) ≤ {reporter.text(*mean_and_standard_error(nats))}, importance-weighted "
            f"with K = {count}"
        )
        rows.append(
            {"importance_samples": count, **mean_results("importance_weighted_nll", nats, reporter)}
        )
    arrays = {"importance_samples": counts, "importance_weighted_nll_nats": -bounds}
    return {**rows[-1], "importance_weighted": rows}, arrays
