"""Initial values of the convolutions."""

from keras import initializers


def fan_in_uniform(scale=1.0):
    """Uniform in ±scale/√fan_in, as the published PyTorch models start.

    Args:
        scale: factor on the weights; 0 gives zeros.
    """
    if scale == 0:
        return initializers.Zeros()
    return initializers.VarianceScaling(scale=scale**2 / 3.0, mode="fan_in", distribution="uniform")
