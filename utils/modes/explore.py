"""What one latent block decides."""

from hvae.inference.inspection.block_numbers import check_block
from utils.modes.base import Mode
from utils.modes.shared.image_names import image_names
from utils.modes.shared.mode_flags import (
    SPLITS,
    add_data_flag,
    add_images,
    add_number,
    add_output_flag,
)


class ExploreMode(Mode):
    """All noise frozen but one block's, which is drawn anew, and moved along a direction."""

    HELP = "freeze the noise of all latent blocks but one, and change that"

    def add_flags(self, parser):
        text = "which, 0 the first of the smallest scale [default the first with active units]"
        add_number(parser, "--block", None, text)
        text = (
            "images to start from: numbers in the split, image files, or .npy files of integers "
            "[default draws from the prior]"
        )
        add_images(parser, "--images", "+", text)
        add_number(
            parser, "--num_images", 4, "without --images: draws from the prior", least=1, most=1000
        )
        parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
        add_data_flag(parser)
        add_number(parser, "--steps", 9, "images of a row", least=3, most=100)
        add_number(
            parser,
            "--range",
            3.0,
            "the noise is moved by -X to X along a random direction, standard deviations",
            least=0.0,
            kind=float,
            most=1000.0,
        )
        add_output_flag(parser, "mean")

    def check_model(self, typed, config):
        if typed.block is not None:
            check_block(typed.block, config.latent_scales)

    def run(self, session):
        typed, config = session.typed, session.request.experiment.model

        from hvae.inference.inspection.exploration import Explorer
        from utils.figures.exploration import draw_exploration
        from utils.files.arrays_file import write_arrays

        block = _first_block(session) if typed.block is None else typed.block
        explore = Explorer(session.model, typed.output, typed.batch_size)
        numbers = session.numbers if typed.images else range(typed.num_images)
        # Beside the image itself a row has room for one draw less than steps.
        exploration = explore(
            _noise(session, numbers),
            block,
            typed.steps - 1,
            typed.range,
            typed.steps,
            typed.seed,
            session.progress("decoding"),
            numbers,
        )
        name = f"block_{block}_{config.latent_scales[block]}"
        write_arrays(session.results.path(f"{name}.npz"), **exploration._asdict())
        draw_exploration(
            session.results.path(f"{name}.png"),
            exploration,
            _names(typed, len(exploration.unchanged)),
            session.model.likelihood.output_levels(typed.output),
            f"block {block} of {len(config.latent_scales)}, scale {config.latent_scales[block]}",
        )


def _first_block(session):
    """The first block that carries something, and a line that says so."""
    from hvae.inference.inspection.informative_blocks import block_information, first_informative

    typed = session.typed
    images = session.images if typed.images else None
    kl, active = block_information(session.model, typed.seed, typed.batch_size, images)
    block = first_informative(kl, active)
    scale = session.model.config.latent_scales[block]
    session.display.message(
        f"block {block} ({scale}), the first with active units: KL {kl[block]:.2f} nats"
        if active[block]
        else f"block {block} ({scale}): no block has active units, this one the largest KL"
    )
    return block


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
