"""Images as one PNG file each."""

from PIL import Image

from hvae.files.atomic import make_folder, replacing
from hvae.images.eight_bits import eight_bits


def write_folder(folder, images, levels):
    """Write images as they come: `000000.png`, `000001.png`, …

    Every file is whole: if the images end early, there are fewer.

    Args:
        folder: where to; made if missing.
        images: iterable of integers 0 … levels − 1, `(height, width, channels)`. The files
            hold them spread over 0 … 255.
        levels: number of levels.

    Raises:
        UserError: if a file cannot be written.
    """
    make_folder(folder)
    for number, image in enumerate(images):
        pixels = eight_bits(image, levels)
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
        # Waiting for the disk for every one of thousands takes longer than drawing them.
        with replacing(folder / f"{number:06d}.png", wait_for_disk=False) as temporary:
            picture.save(temporary)
