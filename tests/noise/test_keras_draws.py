import keras
import numpy as np
import pytest

from hvae.noise.keras_draws import draw_noise

pytestmark = pytest.mark.every_backend

SHAPES = ((200, 4, 4, 3), (200, 8, 8, 2))


def test_it_is_standard_normal_and_repeatable():
    noise, again, other = (draw_noise(SHAPES, seed) for seed in (1, 1, 2))
    assert [tuple(block.shape) for block in noise] == list(SHAPES)
    for block, same, another in zip(*map(arrays, (noise, again, other))):
        assert block.dtype == np.float32
        assert abs(block.mean()) < 0.03 and abs(block.std() - 1) < 0.03
        np.testing.assert_array_equal(block, same)
        assert (block != another).any()


def test_equal_shapes_have_noise_of_their_own():
    first, second = arrays(draw_noise([SHAPES[0]] * 2, 1))
    assert (first != second).any()


def test_a_generator_moves_on():
    generator = keras.random.SeedGenerator(0)
    first, second = (arrays(draw_noise([SHAPES[0]] * 2, generator)) for _ in range(2))
    assert len({block.tobytes() for block in (*first, *second)}) == 4


def arrays(noise):
    return [keras.ops.convert_to_numpy(block) for block in noise]
