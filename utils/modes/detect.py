"""Which images are unusual."""

from hvae.errors import UserError
from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags, add_images, add_number

#: Images of the contact sheet.
_SHOWN = 12


class DetectMode(Mode):
    """Likelihood ratios of every level, p-values, and a sheet of the most unusual images."""

    HELP = "which images are unusual: likelihood ratios by level, p-values, maps, ROC curves"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=1000)
        text = "images of another kind, as --images takes them: how well are the two told apart"
        add_images(parser, "--against", "+", text)
        parser.add_argument(
            "--lowest",
            nargs="+",
            type=int,
            metavar="K",
            help="numbers of lowest blocks that come from the prior, one bound each [default all]",
        )
        add_number(
            parser,
            "--score",
            None,
            "the K of --lowest that p-values and the sheet go by [default the middle one]",
            least=1,
        )
        add_number(parser, "--num_samples", 1, "draws of each image, averaged", least=1)
        add_number(
            parser,
            "--calibration_images",
            1000,
            "validation images that p-values compare with; 0 for all",
            least=0,
        )

    def check(self, typed):
        if typed.lowest and typed.score is not None and typed.score not in typed.lowest:
            raise UserError(
                f"score: must be one of lowest, {typed.lowest}. Received: {typed.score}"
            )

    def run(self, session):
        import numpy as np

        from hvae.inference.detection.conformal import conformal_p_values
        from utils.files.arrays_file import write_arrays

        typed, results = session.typed, session.results
        counts = _counts(typed, len(session.model.config.latent_scales))
        chosen = counts.index(counts[len(counts) // 2] if typed.score is None else typed.score)
        usual = session.split("validation")
        usual = usual[: typed.calibration_images] if typed.calibration_images else usual[:]
        elbo, ratios = _scores(session, session.images, session.numbers, counts, "images")
        _, usual_ratios = _scores(
            session, usual, np.arange(len(usual)), counts, "validation images"
        )
        p_values = conformal_p_values(ratios[:, chosen], usual_ratios[:, chosen])
        arrays = {
            "numbers": session.numbers,
            "elbo_nats": elbo,
            "lowest": counts,
            "ratio_nats": ratios,
            "validation_ratio_nats": usual_ratios,
            "p_value": p_values,
        }
        session.display.message(
            f"{session.request.run}: {session.images_name}, {session.weights_name}"
        )
        values = {
            "images_name": session.images_name,
            "weights": session.weights_name,
            "num_samples": typed.num_samples,
            "seed": typed.seed,
            "score": counts[chosen],
            "levels": _levels(session, counts, ratios, usual_ratios),
        }
        if typed.against:
            other_elbo, other_ratios, of_levels = _against(session, counts, elbo, ratios)
            arrays |= {"against_elbo_nats": other_elbo, "against_ratio_nats": other_ratios}
            values["against"] = of_levels
        write_arrays(results.path("unusual.npz"), **arrays)
        write_json(results.path("unusual.json"), values)
        _draw_sheet(session, counts[chosen], elbo, ratios[:, chosen], p_values)


def _counts(typed, blocks):
    """The k of the likelihood ratios, ascending."""
    if blocks < 2:
        raise UserError("detect: needs a model of at least 2 latent blocks. Received: 1")
    counts = sorted(set(typed.lowest or range(1, blocks)))
    for name, count in (("lowest", counts[0]), ("lowest", counts[-1]), ("score", typed.score)):
        if count is not None and not 1 <= count < blocks:
            raise UserError(
                f"{name}: must be 1 to {blocks - 1} of {blocks} blocks. Received: {count}"
            )
    return counts


def _scores(session, images, numbers, counts, text):
    """ELBO of images `(images,)` and their likelihood ratios `(images, counts)`, nats."""
    from hvae.inference.detection.level_bounds import LevelBounds

    typed = session.typed
    bounds = LevelBounds(session.model, typed.batch_size)(
        images,
        [0, *counts],
        typed.num_samples,
        typed.seed,
        session.progress(text, typed.batch_size),
        numbers,
    )
    return bounds[:, 0], bounds[:, :1] - bounds[:, 1:]


def _levels(session, counts, ratios, usual_ratios):
    """What each level's ratio is on average, here and in the validation split; says so too."""
    import numpy as np

    rows = []
    for count, own, usual in zip(counts, ratios.T, usual_ratios.T):
        rows.append(
            {
                "lowest": count,
                "median_ratio_nats": float(np.median(own)),
                "median_validation_ratio_nats": float(np.median(usual)),
            }
        )
        session.display.message(
            f"  LLR>{count}: median {np.median(own):9.2f} nats; validation {np.median(usual):9.2f}"
        )
    return rows


def _against(session, counts, elbo, ratios):
    """Scores of the other images, and how well each score tells the two sets apart."""
    from utils.figures.roc_curves import draw_roc_curves
    from utils.modes.shared.separation import roc, separation

    typed = session.typed
    others, numbers = session.named_images(typed.against)
    other_elbo, other_ratios = _scores(session, others, numbers, counts, "other images")
    # A likelihood calls images unusual that are improbable; a ratio those of which it is large.
    scores = {"-ELBO": (-elbo, -other_elbo)}
    scores |= {f"LLR>{k}": (ratios[:, i], other_ratios[:, i]) for i, k in enumerate(counts)}
    rows, curves = [], {}
    for name, (usual, unusual) in scores.items():
        found = separation(usual, unusual, typed.seed)
        curves[f"{name}, AUROC {found.auroc[0]:.3f}"] = roc(usual, unusual)
        rows.append({"score": name, **found._asdict()})
        session.display.message(
            f"  {name:>7}: "
            + ", ".join(
                f"{measure.upper()} {value:.3f} ({low:.3f} to {high:.3f})"
                for measure, (value, low, high) in found._asdict().items()
            )
        )
    draw_roc_curves(
        session.results.path("roc.png"),
        curves,
        f"{session.images_name}, against {len(others)} others",
    )
    return other_elbo, other_ratios, rows


def _draw_sheet(session, count, elbo, ratios, p_values):
    """The most unusual images, what the upper blocks make of them, and where the rest goes."""
    import numpy as np

    from hvae.images.eight_bits import eight_bits
    from hvae.inference.inspection.bits import BitMapper
    from hvae.inference.latents.reconstructor import Reconstructor
    from utils.figures.unusual_images import draw_unusual_images

    typed, model = session.typed, session.model
    blocks = len(model.config.latent_scales)
    order = np.argsort(-ratios, kind="stable")[:_SHOWN]
    images, numbers = np.asarray(session.images)[order], session.numbers[order]
    masks = [
        np.full(shape[1:], block < blocks - count)
        for block, shape in enumerate(model.noise_shapes(1))
    ]
    maps = BitMapper(model, typed.batch_size)(
        images, typed.seed, numbers=numbers, blocks=range(blocks - count, blocks)
    ).maps
    upper = Reconstructor(model, batch_size=typed.batch_size)(
        images, typed.seed, masks, numbers=numbers
    ).images
    report = model.reporter
    for i in order[:5]:
        session.display.message(
            f"  image {session.numbers[i]}: {report.text(-elbo[i])}, LLR>{count} "
            f"{ratios[i]:.1f} nats, p = {p_values[i]:.4f}"
        )
    draw_unusual_images(
        session.results.path("unusual.png"),
        eight_bits(images, model.config.levels),
        eight_bits(upper, model.likelihood.mean_levels),
        maps / np.log(2.0),
        [f"{number}\np {p_values[i]:.2g}" for number, i in zip(numbers, order)],
        f"most unusual by LLR>{count}: {session.images_name}",
    )
