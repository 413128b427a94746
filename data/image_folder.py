"""Images of any size from a folder of image files, brought to one size."""

import concurrent.futures

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

from data.files import check_folder
from data.picture_file import read_picture

#: Files with other names are not looked at.
SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")


def find_images(folder):
    """Paths of the image files in a folder and its sub-folders, sorted by name.

    Raises:
        UserError: if the folder does not exist.
    """
    folder = check_folder(folder)
    # Sorted as text: the order is then the same on every system and in every place.
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return [folder / name for name in names if _is_image(folder, name)]


def read_images(paths, image_size):
    """Decode files in parallel, in the order given.

    Args:
        paths: image files.
        image_size: height and width of the result, pixels.

    Returns:
        uint8, `(images, height, width, 3)`.

    Raises:
        UserError: if a file cannot be read as an image; names the first such.
    """
    images = np.empty((len(paths), *image_size, 3), np.uint8)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        decoded = pool.map(lambda path: read_image(path, image_size), paths)
        # Only what takes more than two seconds is worth a bar.
        bar = tqdm(decoded, "reading images", len(paths), leave=False, dynamic_ncols=True, delay=2)
        for index, image in enumerate(bar):
            images[index] = image
    return images


def read_image(path, image_size):
    """One image in RGB, scaled until it covers the size, and centre-cropped to it.

    Args:
        path: a file in any format of Pillow's; transparency is dropped.
        image_size: height and width of the result, pixels.

    Raises:
        UserError: if it cannot be read as an image.
    """
    height, width = image_size
    fitted = ImageOps.fit(read_picture(path), (width, height), Image.Resampling.LANCZOS)
    return np.asarray(fitted)


def _is_image(folder, name):
    # Hidden files are the system's: macOS keeps a ._photo.jpg, no image, for each photo.jpg.
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    return name.lower().endswith(SUFFIXES) and not is_hidden and (folder / name).is_file()
