"""SiLU, or Swish."""

from keras import ops

from hvae.numerics.elementwise import Elementwise


def _slope(x):
    gate = ops.sigmoid(x)
    return gate * (1.0 + x * (1.0 - gate))


#: x σ(x), σ the logistic function: Elfwing et al. 2018, Equation 7.
silu = Elementwise("silu", ops.silu, _slope)
