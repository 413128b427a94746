"""Images to a file from which they come back bit for bit."""

import pathlib

from hvae.compression.coded_models import check_is_coded
from hvae.errors import UserError
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags


class CompressMode(Mode):
    """Bits-back coding with the latents of all blocks; every file is decoded once, to be sure."""

    HELP = (
        "images to a lossless file, by bits-back coding with the model's latents; at most "
        "16 images and 65,536 pixels at a time, but always one image"
    )

    def add_flags(self, parser):
        add_image_flags(parser, num_images=0)
        parser.add_argument("--to", metavar="FILE", help="the file [default in RUN/compress]")

    def check_model(self, typed, config):
        check_is_coded(config)

    def run(self, session):
        import numpy as np

        from hvae.compression.image_files import compress_to
        from hvae.compression.keras_walks import KerasWalks

        images = np.asarray(session.images)
        if not len(images):
            raise UserError("images: there are none")
        walks = KerasWalks(session.model)
        path = pathlib.Path(session.typed.to or session.results.path("images.hvae"))
        compressed = compress_to(path, walks, images, session.typed.batch_size, session.progress)
        bits = 32 * len(compressed.words) - compressed.initial_bits
        session.display.message(
            f"{path}: {len(images)} images, {bits / images.size:.3f} bits/dim, and "
            f"{compressed.initial_bits // 8:,} bytes to begin with"
        )
