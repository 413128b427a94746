"""SiLU, or Swish."""

from keras import ops

from hvae.numerics.elementwise import Elementwise


def _value(x):
    # Keras's has a gradient of its own under TensorFlow, which ours would only wrap.
    return x * ops.sigmoid(x)


def _slope(x):
    gate = ops.sigmoid(x)
    return gate * (1.0 + x * (1.0 - gate))


#: x σ(x), σ the logistic function: Elfwing et al. 2018, Equation 7.
silu = Elementwise("silu", _value, _slope, native=ops.silu)
