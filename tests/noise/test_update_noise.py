"""Noise of updates in training: by seed, update and place in the batch, nothing else."""

import numpy as np

from hvae.noise.draws import update_noise, update_uniforms

SHAPES = [(1, 1, 2), (4, 4, 3)]


def test_it_follows_from_the_place_in_the_batch_whoever_draws_it():
    whole = update_noise(SHAPES, 1, 7, range(6))
    part = update_noise(SHAPES, 1, 7, range(4, 6))
    for all_of_it, own in zip(whole, part):
        np.testing.assert_array_equal(all_of_it[4:], own)
    np.testing.assert_array_equal(
        update_uniforms(5, 1, 7, range(6))[4:], update_uniforms(5, 1, 7, range(4, 6))
    )


def test_seeds_updates_and_places_have_noise_of_their_own():
    """Also where numbers change places."""
    drawn = [update_noise(SHAPES, *key)[1] for key in [(1, 2, [3]), (1, 3, [2]), (2, 1, [3])]]
    values = np.concatenate([array.ravel() for array in drawn])
    assert len(np.unique(values)) == values.size


def test_it_is_standard_normal_and_uniform():
    noise = update_noise(SHAPES, 0, 0, range(2000))[1].ravel()
    assert abs(noise.mean()) < 0.01 and abs(noise.std() - 1.0) < 0.01
    uniforms = update_uniforms(5, 0, 0, range(2000))
    assert 0.0 <= uniforms.min() and uniforms.max() < 1.0 and abs(uniforms.mean() - 0.5) < 0.01


def test_the_values_are_these():
    """Runs that are resumed tomorrow depend on them."""
    np.testing.assert_allclose(
        update_noise(SHAPES, 3, 17, [2])[0].ravel(), [-1.13517, -0.58554], atol=5e-5
    )
