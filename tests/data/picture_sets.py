"""Sets of pictures as their publishers and peers lay them out, for the tests that read them."""

import io
import struct
import tarfile
import zipfile

import numpy as np
from PIL import Image


def numbered(count, size, first=0):
    """Images `(count, height, width, 3)` of one colour each, by which one knows them."""
    numbers = np.arange(first, first + count)
    colours = np.stack([numbers, 255 - numbers, 7 + 0 * numbers], axis=-1).astype(np.uint8)
    return np.broadcast_to(colours[:, None, None], (count, *size, 3)).copy()


def noisy(count, size, seed=0):
    """Images `(count, height, width, 3)` of which no two pixels need be equal."""
    return np.random.default_rng(seed).integers(0, 256, (count, *size, 3), dtype=np.uint8)


def png(image):
    """The bytes of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def write_folder(folder, files):
    """Files in a folder that is made: contents by name, which may have folders."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_zip(path, files):
    """A zip: contents by name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def write_tar(path, files):
    """An uncompressed tar: contents by name."""
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def write_lmdb(path, contents):
    """An LMDB folder with keys `0`, `1`, ..., as NVlabs/NVAE writes it."""
    import lmdb

    with lmdb.open(str(path), map_size=2**26) as environment:
        with environment.begin(write=True) as transaction:
            for number, content in enumerate(contents):
                transaction.put(str(number).encode(), content)


def write_tfrecords(path, images, channels_first=False):
    """A TFRecord file of raw images, by TensorFlow's own encoding but for the data's checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for image in images:
            image = image.transpose(2, 0, 1) if channels_first else image
            example = _example(image)
            length = struct.pack("<Q", len(example))
            file.write(length + struct.pack("<I", masked_crc(length)) + example)
            file.write(struct.pack("<I", 0))


def _example(image):
    shape = _field(3, _field(1, b"".join(map(_varint, image.shape))))
    data = _field(1, _field(1, image.tobytes()))
    features = {"label": _field(3, _field(1, _varint(0))), "shape": shape, "data": data}
    entries = (_field(1, _field(1, k.encode()) + _field(2, v)) for k, v in features.items())
    return _field(1, b"".join(entries))


def _field(number, content):
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def masked_crc(content):
    """TFRecord's checksum: CRC-32C bit by bit, rotated and offset."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
