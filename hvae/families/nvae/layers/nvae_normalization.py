"""The batch normalisation of NVAE's cells."""

from keras import layers


def nvae_normalization(dtype):
    """Batch normalisation whose moving statistics take a twentieth of each batch's.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Section 3.1: a momentum that follows quickly.
    """
    return layers.BatchNormalization(momentum=0.95, epsilon=1e-5, dtype=dtype)
