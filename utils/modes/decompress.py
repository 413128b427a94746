"""Images of a file that `compress` wrote."""

from utils.modes.base import Mode
from utils.runs.results import file_to_read


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

    def check(self, typed):
        _file(typed)

    def run(self, session):
        from hvae.compression.image_files import decompress_from
        from hvae.compression.keras_walks import KerasWalks
        from utils.files.arrays_file import write_arrays

        images = decompress_from(_file(session.typed), KerasWalks(session.model), session.progress)
        write_arrays(session.results.path("images.npz"), images=images)


def _file(typed):
    return file_to_read(typed, "compress", "images.hvae", "compressed images")
