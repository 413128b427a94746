"""Which picture of a folder is in which split."""

import hashlib
import unicodedata

from data.sets.base import Splits
from hvae.errors import UserError

HELD_OUT = 0.05  # part of the pictures, for validation and for test each
#: What sub-folders are called that hold the pictures of one split.
_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}


def split_pictures(names):
    """`Splits` of names, each in an order that follows from the names alone.

    Sub-folders called train, val and test are splits. A split that has none is taken from the
    training pictures: each picture goes where a hash of its name says, so that one more moves no
    other, and no picture that has been trained on is tested with later.

    Args:
        names: paths within the folder, with /.

    Raises:
        UserError: if there are such sub-folders, and pictures outside of them.
    """
    given = _by_folder(names)
    splits = {split: sorted(given[split], key=_hash) for split in Splits._fields}
    missing = [split for split in ("test", "validation") if not splits[split]]
    if len(splits["train"]) <= len(missing):
        return Splits(**splits)
    parts = {"train": [], **{split: [] for split in missing}}
    for name in splits["train"]:
        place = int(_hash(name) / (HELD_OUT * 2.0**64))
        parts[missing[place] if place < len(missing) else "train"].append(name)
    for split in missing:
        # Of a few pictures the hash may give it none: then the one that is nearest.
        if not parts[split]:
            parts[split].append(parts["train"].pop(0))
    return Splits(**{**splits, **parts})


def _by_folder(names):
    """Names by split; all in the training split if no sub-folder is one of another."""
    parts = {split: [] for split in Splits._fields}
    outside = []
    for name in names:
        first, slash, _ = name.partition("/")
        split = _FOLDERS.get(first.lower()) if slash else None
        (outside if split is None else parts[split]).append(name)
    if not (parts["train"] and (parts["validation"] or parts["test"])):
        return {"train": names, "validation": [], "test": []}
    if outside:
        raise UserError(
            f"data_dir: beside the sub-folders train, val and test there are {len(outside)} "
            f"pictures of no split, the first is {outside[0]}; move them, or rename the sub-folders"
        )
    return parts


def _hash(name):
    """A whole number below 2⁶⁴ that follows from a name, on every system."""
    # macOS writes an é as two characters.
    text = unicodedata.normalize("NFC", name).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
