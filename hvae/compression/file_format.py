"""The bytes of a compressed file: a mark, a header, the words, and their checksum."""

import hashlib
import json
import pathlib
import struct

import numpy as np

from hvae.compression.compressor import Compressed
from hvae.errors import UserError
from hvae.files.atomic import write_bytes

_MARK = b"hvae-bb"
_VERSION = b"3"
_LENGTH = struct.Struct("<I")
_SUM = hashlib.sha256().digest_size


def write_compressed(path, compressed, images_sum, batch_size, fingerprint):
    """Write a file whole.

    Args:
        path: the file.
        compressed: a `Compressed`.
        images_sum: `checksum` of the images.
        batch_size: of the `Compressor`.
        fingerprint: what has to be the same to decode.
    """
    header = {
        "num_images": compressed.num_images,
        "initial_bits": compressed.initial_bits,
        "batch_size": batch_size,
        "images": images_sum,
        "fingerprint": fingerprint,
    }
    text = json.dumps(header, sort_keys=True).encode()
    data = (
        _MARK + _VERSION + _LENGTH.pack(len(text)) + text + compressed.words.astype("<u4").tobytes()
    )
    write_bytes(path, data + hashlib.sha256(data).digest())


def read_compressed(path, fingerprint):
    """A file's `Compressed`, `checksum` of its images and batch size.

    Raises:
        UserError: if the file is missing, damaged, or of another model or program.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    data = path.read_bytes()
    if not data.startswith(_MARK):
        raise UserError(f"{path} is no file that compress wrote")
    version = data[len(_MARK) : len(_MARK) + 1]
    if version and version != _VERSION:
        version, own = (x.decode("ascii", "replace") for x in (version, _VERSION))
        raise UserError(f"{path} is damaged, or of format {version}: this program reads {own}")
    data, found = data[:-_SUM], data[-_SUM:]
    if hashlib.sha256(data).digest() != found:
        raise UserError(f"{path} is damaged: its checksum is another")
    start = len(_MARK) + len(_VERSION) + _LENGTH.size
    (length,) = _LENGTH.unpack(data[start - _LENGTH.size : start])
    header = json.loads(data[start : start + length])
    for name, value in header["fingerprint"].items():
        if fingerprint.get(name) != value:
            raise UserError(
                f"{path} was written with {name} {value[:16]}, here is "
                f"{str(fingerprint.get(name))[:16]}: it would give other images"
            )
    words = np.frombuffer(data[start + length :], "<u4")
    compressed = Compressed(words, header["num_images"], header["initial_bits"])
    return compressed, header["images"], header["batch_size"]


def checksum(images):
    """SHA-256 of images, of their values and shape."""
    images = np.ascontiguousarray(images, dtype="<i4")
    return hashlib.sha256(str(images.shape).encode() + images.tobytes()).hexdigest()
