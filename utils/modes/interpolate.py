"""From one image to another."""

from utils.modes.base import Mode
from utils.modes.shared.image_names import image_names
from utils.modes.shared.mode_flags import (
    SPLITS,
    add_data_flag,
    add_images,
    add_number,
    add_output_flag,
)


class InterpolateMode(Mode):
    """A row in which all latents move, and one for each scale that stays."""

    HELP = "images between two images, through the latents of all blocks"

    def add_flags(self, parser):
        add_images(parser, "image", 2, "number in the split, image file, or .npy file of integers")
        parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
        add_data_flag(parser)
        add_number(parser, "--steps", 8, "images of a row, both ends among them", least=2, most=100)
        add_output_flag(parser, "mean")

    def run(self, session):
        typed, config = session.typed, session.request.experiment.model
        ends = session.named_images(typed.image)

        from hvae.inference.inspection.interpolation import Interpolator
        from utils.figures.shared.labelled_rows import draw_labelled_rows
        from utils.files.arrays_file import write_arrays

        interpolate = Interpolator(session.model, typed.output, typed.batch_size)
        progress = session.progress("decoding")
        images, fixed = interpolate(ends.images, typed.steps, typed.seed, progress, ends.numbers)
        scales = config.latent_scales
        labels = ["all move", *(f"{scales[blocks[0]]} stays" for blocks in fixed[1:])]
        first, second = image_names(typed.image, 2)
        draw_labelled_rows(
            session.results.path("interpolation.png"),
            images,
            labels,
            session.model.likelihood.output_levels(typed.output),
            f"from {first} to {second}, {typed.output} of p(x|z)",
        )
        write_arrays(session.results.path("interpolation.npz"), images=images)
