import keras
import numpy as np
from keras import layers, ops

from hvae.families.efficient_vdvae.layers.unpooled_state import UnpooledState


def test_the_smaller_state_is_brought_to_the_level_and_added(rng):
    unpool = [layers.Conv2D(3, 1), layers.UpSampling2D(2)]
    layer = UnpooledState(4, 2, 3, stride=2, unpool=unpool, initial_range=1.0)
    layer.build()
    assert 0.0 < np.abs(ops.convert_to_numpy(layer.smaller.state)).max() <= 1.0
    assert not ops.convert_to_numpy(layer.state).any() and len(layer.weights) == 4
    for weight in layer.weights:
        weight.assign(rng.standard_normal(weight.shape))
    kernel, bias, smaller, own = (
        ops.convert_to_numpy(x)
        for x in (unpool[0].kernel, unpool[0].bias, layer.smaller.state, layer.state)
    )
    expected = own + (smaller @ kernel[0, 0] + bias).repeat(2, axis=1).repeat(2, axis=2)
    start = ops.convert_to_numpy(layer.start(ops.ones((5, 4, 2, 1))))
    np.testing.assert_allclose(start, np.repeat(expected, 5, axis=0), rtol=1e-4, atol=1e-5)

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    if not copy.built:
        copy.build()
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(ops.convert_to_numpy(copy.start(ops.ones((5, 4, 2, 1)))), start)
