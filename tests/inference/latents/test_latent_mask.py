import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.latents.latent_mask import mask_of_quantile, share_of_kl

KL = (
    np.array([[[0.5, 0.0]]]),
    np.array([[[0.1, 2.0], [0.0, 0.3]], [[0.2, 0.0], [0.0, 0.0]]]),
)


def test_the_largest_of_all_blocks_are_kept():
    top, bottom = mask_of_quantile(KL, 0.3)
    np.testing.assert_array_equal(top, [[[True, False]]])
    np.testing.assert_array_equal(bottom, KL[1] >= 0.3)
    assert share_of_kl(KL, (top, bottom)) == pytest.approx(2.8 / 3.1)


@pytest.mark.parametrize(
    ("quantile", "kept"), [(0.0, 0), (0.04, 0), (0.06, 1), (0.85, 8), (1.0, 10)]
)
def test_exactly_the_share_is_kept_also_among_equals(quantile, kept):
    masks = mask_of_quantile(KL, quantile)
    assert sum(mask.sum() for mask in masks) == kept
    assert [mask.shape for mask in masks] == [kl.shape for kl in KL]


def test_of_equals_the_first_are_kept():
    masks = mask_of_quantile((np.zeros((1, 1, 2)), np.zeros((2, 2, 1))), 0.5)
    np.testing.assert_array_equal(np.concatenate([m.ravel() for m in masks]), [1, 1, 1, 0, 0, 0])


def test_many_equals_are_resolved_the_same_way_whatever_their_order(rng):
    """An unstable order would show with as many as this."""
    kl = rng.integers(0, 3, 5000).astype(np.float32)
    (mask,) = mask_of_quantile([kl.reshape(50, 50, 2)], 0.5)
    order = sorted(range(5000), key=lambda i: (-kl[i], i))
    assert set(np.flatnonzero(mask)) == set(order[:2500])


def test_all_and_none_carry_all_and_nothing():
    assert share_of_kl(KL, mask_of_quantile(KL, 1.0)) == 1.0
    assert share_of_kl(KL, mask_of_quantile(KL, 0.0)) == 0.0
    nothing = [np.zeros((2, 2, 1))]
    assert share_of_kl(nothing, mask_of_quantile(nothing, 1.0)) == 0.0


@pytest.mark.parametrize("quantile", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(quantile):
    with pytest.raises(UserError, match="mask_quantile: must be 0 to 1. Received: "):
        mask_of_quantile(KL, quantile)
