"""Images to a file from which they come back bit for bit."""

import pathlib

from hvae.errors import UserError
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags

_LARGEST_BATCH = 16


class CompressMode(Mode):
    """Bits-back coding with the latents of all blocks; every file is decoded once, to be sure."""

    HELP = "images to a lossless file, by bits-back coding with the model's latents"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=0)
        parser.add_argument("--to", metavar="FILE", help="the file [default in RUN/compress]")

    def run(self, session):
        import numpy as np

        from hvae.compression.compressor import Compressor
        from hvae.compression.file_format import checksum, write_compressed
        from hvae.compression.fingerprint import fingerprint

        images = np.asarray(session.images)
        if not len(images):
            raise UserError("images: there are none")
        batch_size = min(session.typed.batch_size, _LARGEST_BATCH)
        compressor = Compressor(session.model, batch_size)
        compressed = compressor.compress(images, session.progress("compressing", batch_size))
        again = compressor.decompress(compressed, session.progress("checking", batch_size))
        if not np.array_equal(again, images):
            raise UserError("compress: the images do not come back under this backend")
        path = pathlib.Path(session.typed.to or session.results.path("images.hvae"))
        write_compressed(path, compressed, checksum(images), batch_size, fingerprint(session.model))
        bits = 32 * len(compressed.words)
        session.display.message(
            f"{path}: {len(images)} images, {(bits - compressed.initial_bits) / images.size:.3f} "
            f"bits/dim, and {compressed.initial_bits // 8:,} bytes to begin with"
        )
