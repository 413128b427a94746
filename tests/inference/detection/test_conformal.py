import numpy as np
import pytest

from hvae.inference.detection.conformal import conformal_p_values


def test_a_p_value_is_the_rank_among_usual_scores():
    p = conformal_p_values(np.array([9.0, 3.0, 0.0, 2.5]), np.array([1.0, 2.0, 3.0, 3.0]))
    np.testing.assert_allclose(p, [1 / 5, 3 / 5, 5 / 5, 3 / 5])


def test_usual_images_are_called_unusual_as_often_as_promised():
    rng = np.random.default_rng(0)
    p = np.concatenate(
        [conformal_p_values(rng.exponential(size=50), rng.exponential(size=99)) for _ in range(400)]
    )
    for alpha in (0.01, 0.1, 0.5):
        assert np.mean(p <= alpha) == pytest.approx(alpha, rel=0.15)
