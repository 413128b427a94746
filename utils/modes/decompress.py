"""Images of a file that `compress` wrote."""

from hvae.errors import UserError
from utils.modes.base import Mode
from utils.runs.results import latest_result


class DecompressMode(Mode):
    """The images as they were, as an array."""

    HELP = "images from a file that compress wrote, bit for bit"
    HAS_BATCH_SIZE = False

    def add_flags(self, parser):
        parser.add_argument(
            "file",
            nargs="?",
            metavar="FILE",
            help="the file [default the newest of RUN/compress]",
        )

    def run(self, session):
        run = session.request.run
        file = session.typed.file or latest_result(run, "compress", "images.hvae")
        if file is None:
            raise UserError(f"no compressed images in {run}; name a file")

        from hvae.compression.image_files import decompress_from
        from hvae.compression.keras_walks import KerasWalks
        from utils.files.arrays_file import write_arrays

        images = decompress_from(file, KerasWalks(session.model), session.progress)
        write_arrays(session.results.path("images.npz"), images=images)
