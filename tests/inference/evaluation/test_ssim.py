import numpy as np
import pytest

from data.rows import Rows
from hvae.errors import UserError
from hvae.inference.evaluation.ssim import ssim


def reference(x, y, window, data_range):
    """Wang et al. 2004 with a uniform window and unbiased covariances, pixel by pixel."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    values = []
    for top in range(x.shape[0] - window + 1):
        for left in range(x.shape[1] - window + 1):
            a = x[top : top + window, left : left + window].ravel()
            b = y[top : top + window, left : left + window].ravel()
            covariance = np.cov(a, b, ddof=1)
            means = (2 * a.mean() * b.mean() + c1) / (a.mean() ** 2 + b.mean() ** 2 + c1)
            spreads = (2 * covariance[0, 1] + c2) / (covariance[0, 0] + covariance[1, 1] + c2)
            values.append(means * spreads)
    return np.mean(values)


@pytest.mark.parametrize(
    ("size", "channels", "levels", "window"),
    [((8, 9), 1, 17, 7), ((6, 12), 1, 256, 5), ((16, 16), 3, 256, 7), ((3, 4), 1, 2, 3)],
)
def test_equals_the_definition(rng, size, channels, levels, window):
    images = rng.integers(0, levels, (3, *size, channels)).astype(np.uint8)
    changed = rng.integers(-2, 3, images.shape)
    others = np.clip(images + changed, 0, levels - 1).astype(np.uint8)
    expected = [
        np.mean([reference(x[..., c], y[..., c], window, levels - 1) for c in range(channels)])
        for x, y in zip(images, others)
    ]
    np.testing.assert_allclose(ssim(images, others, levels), expected, rtol=1e-9)


def test_equal_images_have_one_and_inverted_ones_little(rng):
    images = rng.integers(0, 256, (2, 8, 8, 1)).astype(np.uint8)
    np.testing.assert_allclose(ssim(images, images, 256), 1.0)
    assert (ssim(images, 255 - images, 256) < 0).all()


def test_images_without_room_for_a_window_are_refused():
    tiny = np.zeros((1, 2, 9, 1), np.uint8)
    with pytest.raises(UserError, match="at least 3x3 pixels. Received: 2x9"):
        ssim(tiny, tiny, 256)


def test_images_need_not_be_in_memory(rng):
    images, others = rng.integers(0, 256, (2, 5, 8, 8, 1)).astype(np.uint8)
    order = [3, 0, 4]
    np.testing.assert_array_equal(
        ssim(Rows(images, order), others[order], 256), ssim(images[order], others[order], 256)
    )
