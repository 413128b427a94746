"""MNIST's images binarized once, by Larochelle: his text files, and ladder-vae-pytorch's copies."""

import numpy as np

from data.files import check_size, read_npz, reading

_PIXELS = 28 * 28


def read_binary_mnist(path):
    """Images of one of the files, 0 or 1, uint8, `(images, 28, 28, 1)`.

    Args:
        path: `binarized_mnist_SPLIT.amat`, a line of 784 digits an image, or the `.npz` that
            ladder-vae-pytorch makes of it.

    Raises:
        UserError: if it is damaged or holds something else.
    """
    with reading(path):
        if path.suffix == ".npz":
            [values] = read_npz(path, ["data"])
            values = values.reshape(-1, _PIXELS)
        else:
            check_size(path, "text", path.stat().st_size)
            text = path.read_bytes()
            values = np.frombuffer(b"".join(text.split()), np.uint8).reshape(-1, _PIXELS)
            values = values - ord("0")
            if len(values) != text.rstrip().count(b"\n") + 1:
                raise ValueError("its lines are not of 784 digits")
        if len(values) == 0 or not np.isin(values, (0, 1)).all():
            raise ValueError("pixels are not all 0 or 1")
        return values.astype(np.uint8).reshape(-1, 28, 28, 1)
