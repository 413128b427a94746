"""Which images a run was made with: it is not gone on with, or measured, on others unsaid."""

import hashlib
import json

import numpy as np

from data.sets.base import Splits
from hvae.errors import UserError
from hvae.files.run_files import DATA
from utils.files.json_file import write_json

#: Of a larger split, images that are spread over it are read.
_MOST_BYTES = 16_000_000
_FEWEST_IMAGES = 16
_READ_AT_ONCE = 256


def write_fingerprint(folder, splits):
    """Note the splits that a run is made with in its folder."""
    marks = {name: _mark(images) for name, images in splits._asdict().items()}
    write_json(folder / DATA, marks)


def changed_data(folder, splits, names=Splits._fields):
    """What has changed since a run was made: a line, empty if nothing is known to have.

    Args:
        folder: the run's folder.
        splits: `Splits` as they are now.
        names: the splits to look at.

    Raises:
        UserError: if what the run has noted is damaged.
    """
    path = folder / DATA
    if not path.is_file():
        return ""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        parts = [_difference(name, before[name], _mark(getattr(splits, name))) for name in names]
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged ({error})") from error
    return ", ".join(part for part in parts if part)


def refuse_changed_data(folder, splits):
    """Raises `UserError` if the images are no longer those that the run was made with."""
    changed = changed_data(folder, splits)
    if changed:
        raise UserError(
            f"data_dir: {folder} was trained on other images ({changed}), and some that it has "
            "seen may be held out now; put the folder back as it was, or start a new run"
        )


def _difference(name, before, now):
    if before["images"] != now["images"]:
        return f"{name}: {before['images']} images then, {now['images']} now"
    if before["digest"] != now["digest"]:
        return f"{name}: {now['images']} images as then, but others, or in another order"
    return ""


def _mark(images):
    """How many images there are, and a digest of them or, of many, of some."""
    size = int(np.prod(images.shape[1:]))
    count = min(len(images), max(_FEWEST_IMAGES, _MOST_BYTES // size))
    rows = np.unique(np.linspace(0, len(images) - 1, count).round().astype(np.int64))
    digest = hashlib.blake2b(str(images.shape[1:]).encode(), digest_size=16)
    for start in range(0, len(rows), _READ_AT_ONCE):
        digest.update(np.ascontiguousarray(images[rows[start : start + _READ_AT_ONCE]]).tobytes())
    return {"images": len(images), "digest": digest.hexdigest()}
