"""How alike two images look."""

import numpy as np

from hvae.errors import UserError

#: Side of the window over which means and variances are taken, pixels.
_WINDOW = 7


def ssim(images, others, levels, levels_of_others=None):
    """Structural similarity of every pair of images: 1 for equal ones.

    The window is uniform, 7x7 pixels or the largest odd size that fits; of RGB images the
    channels are averaged.

    Args:
        images, others: integers 0 … levels − 1, `(images, height, width, channels)`.
        levels: number of intensity levels.
        levels_of_others: those of the others, if not the same.

    Returns:
        `(images,)`, −1 to 1.

    Raises:
        UserError: if the images are smaller than 3x3 pixels.

    Reference:
        Wang et al. 2004, Equation 13.
    """
    # SciPy and scikit-image take a second to import.
    from skimage.metrics import structural_similarity

    height, width = images.shape[1:3]
    side = min(_WINDOW, height, width)
    if side < 3:
        raise UserError(f"SSIM needs images of at least 3x3 pixels. Received: {height}x{width}")
    options = {
        "win_size": side if side % 2 else side - 1,
        "data_range": 1.0,
        "channel_axis": -1,
    }
    tops = levels - 1, (levels_of_others or levels) - 1

    def similarity(*pair):
        # One by one: images may not be in memory.
        scaled = [image / top for image, top in zip(pair, tops)]
        return structural_similarity(*scaled, **options)

    return np.array([similarity(*pair) for pair in zip(images, others)])
