import numpy as np
from keras import ops

from hvae.layers.initial_state import InitialState


def test_learned_state_starts_the_batch_and_is_added_to_what_comes(rng):
    layer = InitialState(2, 3, 4)
    layer.build()
    state = rng.standard_normal((1, 2, 3, 4)).astype("float32")
    layer.state.assign(state)
    like = ops.convert_to_tensor(rng.standard_normal((5, 2, 3, 7)).astype("float32"))
    start = ops.convert_to_numpy(layer.start(like))
    np.testing.assert_array_equal(start, np.repeat(state, 5, axis=0))
    above = rng.standard_normal((5, 2, 3, 4)).astype("float32")
    np.testing.assert_allclose(ops.convert_to_numpy(layer(above)), above + state, rtol=1e-6)


def test_without_a_learned_state_it_starts_from_zeros(rng):
    layer = InitialState(2, 3, 4, learned=False)
    layer.build()
    assert not layer.weights
    start = ops.convert_to_numpy(layer.start(ops.ones((5, 2, 3, 7))))
    assert start.shape == (5, 2, 3, 4) and not start.any()
    above = rng.standard_normal((5, 2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(above)), above)


def test_configuration():
    config = InitialState(2, 3, 4, learned=False).get_config()
    copy = InitialState.from_config(config)
    assert (copy.height, copy.width, copy.channels, copy.learned) == (2, 3, 4, False)
