"""Files of MNIST's IDX format, compressed or not."""

import gzip

import numpy as np

from data.files import check_size, reading

_MAGIC = 2051  # unsigned bytes in three dimensions


def read_idx(path):
    """Images of an IDX file, `(images, height, width, 1)`: magic number, three sizes, bytes.

    Raises:
        UserError: if it is damaged or truncated, or would be too large.
    """
    with reading(path), (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        magic, *shape = np.frombuffer(file.read(16), ">i4", count=4).tolist()
        if magic != _MAGIC:
            raise ValueError(f"magic number {magic}, not {_MAGIC}")
        size = int(np.prod(shape, dtype=np.int64))
        check_size(path, "images", size)
        content = file.read(size + 1)
        if len(content) != size:
            raise ValueError(f"not as many bytes as {shape[0]} images have")
        return np.frombuffer(content, np.uint8).reshape(*shape, 1)
