"""Coloured binary shapes on black, rendered from a number."""

import numpy as np

_COLOURS = 255 * np.array(
    [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.uint8
)
_ANGLES = 40
_SCALES = np.linspace(0.5, 1.0, 6)
#: Side of the square that a shape of scale 1 turns in, as a part of the image's.
_PATCH = 18 / 64


def render_sprites(number, image_size, seed=0):
    """The image of a number: 0, 1 or 2 shapes that may overlap, where colours add.

    Shape (square, triangle, ellipse), colour (7), angle (40), scale (6) and place are uniform.

    Args:
        number: 0, 1, ...
        image_size: height and width, pixels.
        seed: seed of all images.

    Returns:
        uint8, `(height, width, 3)`.
    """
    generator = np.random.default_rng([seed, number])
    height, width = image_size
    side = max(1, round(_PATCH * min(height, width)))
    image = np.zeros((height, width, 3), np.uint8)
    for _ in range(generator.integers(3)):
        shape, colour = generator.integers(3), _COLOURS[generator.integers(len(_COLOURS))]
        angle = 2 * np.pi * generator.integers(_ANGLES) / _ANGLES
        inside = _draw(shape, angle, generator.choice(_SCALES), side)
        top, left = generator.integers(height - side + 1), generator.integers(width - side + 1)
        patch = image[top : top + side, left : left + side]
        np.maximum(patch, inside[..., None] * colour, out=patch)
    return image


def _draw(shape, angle, scale, side):
    """Which pixels of a square patch are inside of a shape that a circle of the scale holds."""
    # Centres of the pixels, from −1 to 1, turned.
    axis = (2 * np.arange(side) + 1) / side - 1
    x, y = np.meshgrid(axis / scale, axis / scale)
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    if shape == 0:
        return np.maximum(abs(u), abs(v)) <= np.sqrt(0.5)
    if shape == 1:  # equilateral: three half-planes at half the radius
        sides = [u * np.cos(t) + v * np.sin(t) for t in 2 * np.pi * np.arange(3) / 3]
        return np.max(sides, axis=0) <= 0.5
    return u**2 + (2 * v) ** 2 <= 1
