"""What one latent block decides."""

import math

from hvae.errors import UserError
from hvae.inference.inspection.block_numbers import check_block
from utils.modes.base import Mode
from utils.modes.shared.image_names import image_names
from utils.modes.shared.mode_flags import SPLITS, add_data_flag, add_number, add_output_flag


class ExploreMode(Mode):
    """All noise frozen but one block's, which is drawn anew, and moved along a direction."""

    HELP = "freeze the noise of all latent blocks but one, and change that"

    def add_flags(self, parser):
        add_number(parser, "--block", 0, "which; 0 is the first of the smallest scale")
        parser.add_argument(
            "--images",
            nargs="+",
            metavar="IMAGE",
            help="images to start from: numbers in the split, image files, or .npy files of "
            "integers [default draws from the prior]",
        )
        add_number(parser, "--num_images", 4, "without --images: draws from the prior", least=1)
        parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
        add_data_flag(parser)
        add_number(parser, "--steps", 9, "images of a row", least=3)
        add_number(
            parser,
            "--range",
            3.0,
            "the noise is moved by -X to X along a random direction, standard deviations",
            least=0.0,
            kind=float,
        )
        add_output_flag(parser, "mean")

    def check(self, typed):
        if not math.isfinite(typed.range):
            raise UserError(f"range: must be a finite number. Received: {typed.range}")

    def run(self, session):
        typed, config = session.typed, session.request.experiment.model
        check_block(typed.block, config.latent_scales)

        from hvae.inference.inspection.exploration import Explorer
        from utils.figures.exploration import draw_exploration
        from utils.files.arrays_file import write_arrays

        explore = Explorer(session.model, typed.output, typed.batch_size)
        numbers = session.numbers if typed.images else range(typed.num_images)
        # Beside the image itself a row has room for one draw less than steps.
        exploration = explore(
            _noise(session, numbers),
            typed.block,
            typed.steps - 1,
            typed.range,
            typed.steps,
            typed.seed,
            session.progress("decoding"),
            numbers,
        )
        name = f"block_{typed.block}_{config.latent_scales[typed.block]}"
        write_arrays(session.results.path(f"{name}.npz"), **exploration._asdict())
        draw_exploration(
            session.results.path(f"{name}.png"),
            exploration,
            _names(typed, len(exploration.unchanged)),
            config.levels,
            f"block {typed.block} of {len(config.latent_scales)}, "
            f"scale {config.latent_scales[typed.block]}",
        )


def _names(typed, count):
    return image_names(typed.images, count) if typed.images else [f"draw {i}" for i in range(count)]


def _noise(session, numbers):
    """The noise of the user's images, or that of draws from the prior."""
    from hvae.inference.latents.latent_encoder import LatentEncoder
    from hvae.noise.draws import latent_noise

    typed = session.typed
    if not typed.images:
        return latent_noise(session.model, numbers, typed.seed)
    encode = LatentEncoder(session.model, typed.batch_size)
    return encode(session.images, typed.seed, numbers=numbers).noise
