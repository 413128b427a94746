import numpy as np
import pytest

from hvae.images.padding import margins
from hvae.inference.inspection.pixel_spread import spread_over_pixels


def spread_one_by_one(values, padded_size, size):
    """Position by position, with pixels cut into a fine grid."""
    fine = 12
    (top, _), (left, _) = margins(padded_size, size)
    result = np.zeros(size)
    for i, j in np.ndindex(values.shape):
        weights = []
        for index, count, padded, before, pixels in (
            (i, values.shape[0], padded_size[0], top, size[0]),
            (j, values.shape[1], padded_size[1], left, size[1]),
        ):
            points = (np.arange(padded * fine) + 0.5) / fine
            covered = points[(points * count / padded).astype(int) == index] - before
            inside = covered[(covered > 0) & (covered < pixels)]
            if not len(inside):
                inside = np.array([0.0 if covered[0] < 0 else pixels - 1.0])
            share = np.bincount(inside.astype(int), minlength=pixels)
            weights.append(share / share.sum())
        result += values[i, j] * np.outer(*weights)
    return result


@pytest.mark.parametrize(
    ("positions", "padded_size", "size"),
    [
        ((1, 1), (8, 8), (8, 8)),
        ((2, 4), (8, 8), (8, 8)),
        ((8, 8), (32, 32), (28, 28)),
        ((32, 32), (32, 32), (28, 28)),
        ((4, 6), (8, 12), (7, 9)),
        ((3, 2), (9, 10), (9, 7)),
        ((4, 4), (6, 6), (5, 6)),
    ],
)
def test_equals_position_by_position_and_keeps_the_sum(rng, positions, padded_size, size):
    values = rng.uniform(0.1, 1.0, positions)
    result = spread_over_pixels(values, padded_size, size)
    assert result.shape == size and (result >= 0).all()
    np.testing.assert_allclose(result, spread_one_by_one(values, padded_size, size), atol=1e-12)
    np.testing.assert_allclose(result.sum(), values.sum(), rtol=1e-12)


def test_a_position_covers_its_pixels_and_no_others():
    values = np.zeros((2, 4, 4))
    values[0, 1, 3] = 8.0
    values[1, 0, 0] = 1.0
    first, second = spread_over_pixels(values, (8, 8), (8, 8))
    assert (first[2:4, 6:8] == 2.0).all() and first.sum() == 8.0
    assert (second[:2, :2] == 0.25).all() and second.sum() == 1.0


def test_padding_has_no_pixels():
    """6 pixels in 8: positions of the rim have one row or column each, the corner one pixel."""
    values = np.zeros((4, 4))
    values[0, 0], values[3, 1] = 5.0, 4.0
    result = spread_over_pixels(values, (8, 8), (6, 6))
    assert result[0, 0] == 5.0 and (result[5, 1:3] == 2.0).all() and result.sum() == 9.0
    # As fine as the pixels, the rim covers none: its share goes to the nearest.
    rim = np.zeros((8, 8))
    rim[0, 0], rim[7, 4] = 1.0, 2.0
    result = spread_over_pixels(rim, (8, 8), (6, 6))
    assert result[0, 0] == 1.0 and result[5, 3] == 2.0
