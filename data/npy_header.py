"""What a `.npy` file of images begins with."""

import io

import numpy as np


def npy_header(shape):
    """The bytes before the pixels of uint8 images, whose first axis is the images'.

    As long for any number of images of a size: NumPy leaves room for the number.
    """
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "|u1", "fortran_order": False, "shape": tuple(shape)}
    )
    return stream.getvalue()
