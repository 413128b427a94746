"""Images drawn from the prior."""

from hvae.errors import UserError
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_number
from utils.modes.shared.sampling import Sampling, add_sampling_flags, check_sampling

_LARGEST_GRID = 1024


class GenerateMode(Mode):
    """Samples of the model, as one figure, a folder of pictures or an array."""

    HELP = "draw images from the prior"
    SHARES_BATCHES = True

    def add_flags(self, parser):
        add_number(parser, "--num_images", 64, "how many", least=1, most=10_000_000)
        parser.add_argument(
            "--to",
            choices=("png", "folder", "npz"),
            default="png",
            help="one figure, a folder with a PNG file for each image, or an .npz file with the "
            "array images: uint8, 0 to levels - 1 (255 in a mean of binary images) [default png]",
        )
        add_sampling_flags(parser)

    def check(self, typed):
        if typed.to == "png" and typed.num_images > _LARGEST_GRID:
            raise UserError(
                f"num_images: at most {_LARGEST_GRID} in one figure; give --to folder or "
                f"--to npz for more. Received: {typed.num_images}"
            )

    def check_model(self, typed, config):
        check_sampling(typed, config)

    def run(self, session):
        typed, sampling = session.typed, Sampling(session)
        config = session.request.experiment.model
        images = session.display.track(
            sampling.stream(range(typed.num_images)), "images", typed.num_images, images=1
        )
        if typed.to == "folder":
            from utils.files.image_folder import write_folder

            write_folder(session.results.path("samples"), images, sampling.levels)
        elif typed.to == "npz":
            from utils.files.image_archive import write_archive

            shape = (*config.image_size, config.image_channels)
            write_archive(session.results.path("samples.npz"), images, shape)
        else:
            from utils.figures.shared.image_grid import draw_image_grid

            path = session.results.path("samples.png")
            draw_image_grid(path, list(images), sampling.levels, f"samples, {sampling.title}")
