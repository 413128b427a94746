"""TFRecord files of raw images, as `Items`, without TensorFlow.

A record is its length, a checksum of that, an `Example` and a checksum of it. The examples of GLOW
(CelebA-HQ, ImageNet) and of FFHQ have two features: `shape`, three integers, and `data`, that many
bytes, with the channels last or first.
"""

import os
import struct

import numpy as np

from data.files import reading
from data.items import Items

_CASTAGNOLI = 0x82F63B78
_VARINT, _LENGTH_DELIMITED = 0, 2


def open_tfrecords(paths, image_shape):
    """Images of TFRecord files, in the order of the files.

    Args:
        paths: the files.
        image_shape: height, width and channels that all images must have.

    Raises:
        UserError: if a file is damaged, or holds something else.
    """
    places = [place for path in paths for place in _records(path)]

    def read(place):
        path, offset, count = place
        with reading(path), open(path, "rb") as file:
            return _image(os.pread(file.fileno(), count, offset), image_shape)

    if places:
        read(places[0])  # another size is said before training
    return Items(places, read, image_shape)


def _records(path):
    """Where the examples of a file are: path, offset, bytes."""
    with reading(path), open(path, "rb") as file:
        size, offset = os.fstat(file.fileno()).st_size, 0
        while offset < size:
            header = os.pread(file.fileno(), 12, offset)
            if len(header) < 12:
                raise ValueError("it ends within a record")
            count, checksum = struct.unpack("<QI", header)
            if checksum != _masked_crc(header[:8]):
                raise ValueError(f"no record at byte {offset}")
            if offset + 16 + count > size:
                raise ValueError("it ends within a record")
            yield path, offset + 12, count
            offset += 16 + count


def _image(example, image_shape):
    """The image of a serialized `Example`."""
    features = {}
    for _, content in _fields(example):  # Example.features
        for _, entry in _fields(content):  # Features.feature, a map
            name, value = (part for _, part in sorted(_fields(entry)))
            features[bytes(name).decode()] = value
    if not {"shape", "data"} <= features.keys():
        raise ValueError(f"features {', '.join(sorted(features)) or 'none'}, not shape and data")
    shape = tuple(_integers(features["shape"]))
    [[_, values]] = _fields(features["data"])  # Feature.bytes_list
    [[_, data]] = _fields(values)
    pixels = np.frombuffer(data, np.uint8)
    height, width, channels = image_shape
    if shape == image_shape:
        return pixels.reshape(shape)
    if shape == (channels, height, width):
        return pixels.reshape(shape).transpose(1, 2, 0)
    raise ValueError(f"images of shape {shape}, not {image_shape}")


def _integers(feature):
    """Of a `Feature.int64_list`, packed or not."""
    [[_, values]] = _fields(feature)
    integers = []
    for _, value in _fields(values):
        if isinstance(value, int):
            integers.append(value)
            continue
        position = 0
        while position < len(value):
            integer, position = _varint(value, position)
            integers.append(integer)
    return integers


def _fields(message):
    """Number and value of each field of a Protocol Buffers message."""
    message, position, fields = memoryview(message), 0, []
    while position < len(message):
        tag, position = _varint(message, position)
        value, position = _varint(message, position)
        if tag & 7 == _LENGTH_DELIMITED:
            if position + value > len(message):
                raise ValueError("a field is longer than its message")
            value, position = message[position : position + value], position + value
        elif tag & 7 != _VARINT:
            raise ValueError(f"a field of kind {tag & 7}")
        fields.append((tag >> 3, value))
    return fields


def _varint(message, position):
    value = shift = 0
    while True:
        byte = message[position]
        value |= (byte & 127) << shift
        position, shift = position + 1, shift + 7
        if byte < 128:
            return value, position


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_CASTAGNOLI if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc_table()


def _masked_crc(content):
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
