import numpy as np
from keras import ops

from hvae.families.vdvae.layers.fit_width import FitWidth


def test_pads_with_zeros_and_cuts_off(rng):
    x = rng.standard_normal((2, 3, 4, 5)).astype("float32")
    wide = ops.convert_to_numpy(FitWidth(8)(x))
    np.testing.assert_array_equal(wide[..., :5], x)
    assert wide.shape == (2, 3, 4, 8) and not wide[..., 5:].any()
    np.testing.assert_array_equal(ops.convert_to_numpy(FitWidth(3)(x)), x[..., :3])
    np.testing.assert_array_equal(ops.convert_to_numpy(FitWidth(5)(x)), x)


def test_configuration():
    assert FitWidth.from_config(FitWidth(8).get_config()).width == 8
    assert FitWidth(8).compute_output_shape((None, 3, 4, 5)) == (None, 3, 4, 8)
