import numpy as np
from keras import ops

from hvae.flows.autoregressive.fixed_point import fixed_point


def test_it_finds_the_solution_of_every_image():
    values = np.linspace(-30.0, 30.0, 8, dtype="float32").reshape(2, 2, 1, 2)
    start = ops.convert_to_tensor(values)
    found = fixed_point(lambda v: start - 0.5 * ops.tanh(v), start, steps_per_variable=24)
    found = ops.convert_to_numpy(found)
    np.testing.assert_allclose(found + 0.5 * np.tanh(found), values, atol=1e-5)


def test_it_ends_where_there_is_no_solution():
    start = ops.ones((1, 1, 1, 3))
    found = ops.convert_to_numpy(fixed_point(lambda v: v + 1.0, start, steps_per_variable=2))
    np.testing.assert_array_equal(found, 7.0)


def test_a_large_image_does_not_end_the_search_of_a_small_one():
    start = ops.convert_to_tensor(np.array([1.0, 1e6], "float32").reshape(2, 1, 1, 1))
    found = fixed_point(lambda v: start - 0.5 * ops.tanh(v), start, steps_per_variable=24)
    small = ops.convert_to_numpy(found)[0]
    np.testing.assert_allclose(small + 0.5 * np.tanh(small), 1.0, atol=1e-5)
