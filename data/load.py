"""A data set as the configuration asks for it."""

from data.binarize import draw_binary
from data.sets import DATASETS
from data.sets.base import Splits
from hvae.errors import UserError


def describe(name, binarize="none"):
    """The `DatasetInfo` of the images as the model will see them.

    Raises:
        UserError: if the data set cannot be binarised.
    """
    info = DATASETS[name].info
    if binarize == "none":
        return info
    if not info.can_binarize:
        raise UserError(f"binarize: only none is allowed with dataset {name}. Received: {binarize}")
    return info._replace(levels=2)


def load_splits(name, data_dir=None, binarize="none", limit_train=0, limit_eval=0):
    """Read a data set.

    Args:
        name: a name of `DATASETS`.
        data_dir: folder with its files, if they are not to be fetched.
        binarize: `"none"`, `"static"` or `"dynamic"`. Validation and test images are
            drawn once in both; training images stay grey with `"dynamic"`, to be
            drawn again in every epoch.
        limit_train, limit_eval: use only so many images of the training split, and of
            validation and test; 0 for all.

    Returns:
        `Splits`.
    """
    dataset = DATASETS[name]()
    splits = dataset.load(data_dir)
    limits = (limit_train, limit_eval, limit_eval)
    splits = [images[:limit] if limit else images for images, limit in zip(splits, limits)]
    if binarize != "none":
        levels = dataset.info.levels
        for seed, images in enumerate(splits):
            if seed > 0 or binarize == "static":
                splits[seed] = draw_binary(images, levels, seed)
    return Splits(*splits)
