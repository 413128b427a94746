"""A file of latents back to images."""

from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_output_flag
from utils.runs.results import file_to_read

_LARGEST_GRID = 64


class DecodeMode(Mode):
    """Images of a file that `encode` wrote: as an array, the first as a figure."""

    HELP = "images from a file of latents; what was pruned is drawn from the prior"

    def add_flags(self, parser):
        parser.add_argument(
            "file",
            nargs="?",
            metavar="FILE",
            help="the file of latents [default the newest of RUN/encode]",
        )
        add_output_flag(parser, "mean")

    def check(self, typed):
        _file(typed)

    def run(self, session):
        typed = session.typed
        file = _file(typed)

        from hvae.inference.latents.latent_decoder import LatentDecoder
        from hvae.inference.latents.latents_file import read_latents
        from utils.figures.shared.image_grid import draw_image_grid
        from utils.files.arrays_file import write_arrays

        model = session.model
        latents = read_latents(file, model, arrays=("z",))
        progress = session.progress("decoding")
        decoder = LatentDecoder(model, typed.output, typed.batch_size)
        images = decoder(latents, typed.seed, progress)
        write_arrays(session.results.path("images.npz"), images=images)
        shown = images[:_LARGEST_GRID]
        draw_image_grid(
            session.results.path("images.png"),
            shown,
            model.likelihood.output_levels(typed.output),
            f"{len(shown)} of {len(images)} decoded images, {typed.output} of p(x|z)",
        )


def _file(typed):
    return file_to_read(typed, "encode", "latents.npz", "latents")
