"""How good the model is."""

from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags, add_number


class EvaluateMode(Mode):
    """NLL, KL and ELBO with standard errors, KL and active units per block and scale."""

    HELP = "NLL, KL, ELBO and importance-weighted bound, SSIM, KL and active units per scale"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=0)
        add_number(parser, "--num_samples", 1, "posterior samples of each image, averaged", least=1)
        add_number(
            parser,
            "--importance_samples",
            0,
            "samples of the importance-weighted (IWAE) bound; 0: without it",
            least=0,
        )

    def run(self, session):
        from hvae.inference.evaluation.evaluator import Evaluator
        from utils.figures.kl_per_scale import draw_kl_per_scale
        from utils.runs.report import evaluation_lines, evaluation_results

        typed, model, results = session.typed, session.model, session.results
        evaluation = Evaluator(model, typed.batch_size)(
            session.images,
            num_samples=typed.num_samples,
            seed=typed.seed,
            progress=session.progress(typed.split, typed.batch_size),
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
        path = results.path("evaluation.json")
        # Written after every part: an interruption leaves those that were finished.
        for part in (dict, lambda: _ssim(session), lambda: _importance_bound(session)):
            values |= part()
            write_json(path, values)


def _ssim(session):
    """SSIM of images and their reconstructions."""
    from hvae.inference.evaluation.ssim import ssim
    from hvae.inference.latents.reconstructor import Reconstructor
    from utils.runs.report import mean_results

    typed, model = session.typed, session.model
    reconstructions = Reconstructor(model, batch_size=typed.batch_size)(
        session.images, typed.seed, progress=session.progress("reconstructing", typed.batch_size)
    ).images
    values = mean_results("ssim", ssim(session.images, reconstructions, model.config.levels))
    session.display.message(
        f"  SSIM  {values['ssim']:10.4f} ± {values['ssim_standard_error']:.4f}, mean of p(x|z)"
    )
    return values


def _importance_bound(session):
    """The importance-weighted bound, if it was asked for."""
    from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
    from utils.runs.report import mean_results

    typed, report = session.typed, session.model.reporter
    if not typed.importance_samples:
        return {}
    bound = importance_weighted_bound(
        LogWeights(session.model),
        session.images,
        typed.importance_samples,
        typed.seed,
        typed.batch_size,
        session.progress("importance samples", typed.batch_size),
    )
    name = "importance_weighted_nll"
    values = mean_results(name, report(-bound), report.unit)
    mean, error = values.values()
    session.display.message(
        f"  -log p(x) ≤ {mean:.4f} ± {error:.4f} {report.label}, importance-weighted with "
        f"K = {typed.importance_samples}"
    )
    return {"importance_samples": typed.importance_samples, **values}
