"""A data set as the configuration asks for it."""

from data.binarize import draw_binary
from data.picture_settings import PictureSettings
from data.sets import DATASETS
from data.sets.base import Splits
from hvae.errors import UserError


def describe(name, binarize="none", split_of="own", pictures=None):
    """The `DatasetInfo` of the images as the model will see them.

    Args:
        name: a name of `DATASETS`.
        binarize, split_of, pictures: as of `load_splits`.

    Raises:
        UserError: if the data set cannot be binarised, or there are no such splits of it.
    """
    dataset = DATASETS[name](split_of).configured(pictures or PictureSettings())
    info = dataset.info._replace(num_train=dataset.num_train())
    if binarize == "none":
        return info
    if not info.can_binarize:
        raise UserError(f"binarize: only none is allowed with dataset {name}. Received: {binarize}")
    return info._replace(levels=2)


def check_files(name, data_dir, binarize, split_of):
    """Refuse a missing file in no time: nothing is read, and no backend is imported.

    Args:
        name, data_dir, binarize, split_of: as of `load_splits`.

    Raises:
        UserError: if the files are not there.
    """
    dataset = DATASETS[name](split_of)
    if binarize != "static" or not dataset.has_binary(data_dir):
        dataset.check(data_dir)


def load_splits(
    name,
    data_dir=None,
    binarize="none",
    limit_train=0,
    limit_eval=0,
    split_of="own",
    pictures=None,
    tell=lambda line: None,
):
    """Read a data set.

    Args:
        name: a name of `DATASETS`.
        data_dir: folder with its files, if they are not to be fetched.
        binarize: `"none"`, `"static"` or `"dynamic"`. Validation and test images are
            drawn once in both; training images stay grey with `"dynamic"`, to be
            drawn again in every epoch. `"static"` takes published binary images where
            the folder has them.
        limit_train, limit_eval: use only the first N images of the training split, and of
            validation and test; 0 for all.
        split_of: whose splits, a name of the data set's `split_names`.
        pictures: `PictureSettings`, for a folder of pictures.
        tell: function that takes a line on what the user should know of these images.

    Returns:
        `Splits`.
    """
    dataset = DATASETS[name](split_of).configured(pictures or PictureSettings())
    is_published_binary = binarize == "static" and dataset.has_binary(data_dir)
    splits = dataset.load_binary(data_dir) if is_published_binary else dataset.load(data_dir)
    if splits.validation is splits.test:
        tell(f"validation and test are the same {len(splits.test)} images with split_of {split_of}")
    for line in dataset.remarks:
        tell(line)
    limits = (limit_train, limit_eval, limit_eval)
    limited = [images[:limit] if limit else images for images, limit in zip(splits, limits)]
    if binarize == "none" or is_published_binary:
        return Splits(*limited)
    if binarize == "static":
        tell(
            "binarize static: a draw of our own of the grey levels, not Larochelle's files "
            "(binarized_mnist_train.amat ...): nats differ from published ones by the draw"
        )
    levels = dataset.info.levels
    for seed, images in enumerate(limited):
        if seed > 0 or binarize == "static":
            is_validation = seed > 0 and splits.validation is splits.test
            limited[seed] = draw_binary(images, levels, 1 if is_validation else seed)
    return Splits(*limited)
