"""Images in `.npy` files, which stay on disk."""

from data.files import check_images, reading
from data.sets.base import Published
from data.stored_images import StoredImages


def open_images(path, info):
    """Images of a `.npy` file, `(images, height, width, channels)`, uint8.

    Args:
        path: the file.
        info: the `DatasetInfo` that they must fit.

    Raises:
        UserError: if it is damaged, or holds something else.
    """
    with reading(path):
        images = StoredImages(path)
    return check_images(path, images, info)


def npy_reader(info):
    """Reader of a `Layout` whose roles are fields of `Published`, one `.npy` file each."""

    def read(**paths):
        return Published(**{field: open_images(path, info) for field, path in paths.items()})

    return read
