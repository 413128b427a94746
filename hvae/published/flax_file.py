"""Checkpoints as flax 0.3 writes them: arrays in msgpack. Read without flax."""

import math
import pathlib

import numpy as np

from hvae.errors import UserError

_LARGEST_FILE = 2**36  # bytes
_LARGEST_CONTAINER = 2**20  # entries of a list or a dictionary
_ARRAY, _COMPLEX, _SCALAR = 1, 2, 3  # flax's extension types
_CHUNKED = "__msgpack_chunked_array__"  # in place of an array beyond 2^30 bytes
_DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in ("bool", "float16", "float32", "float64")
    + tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
}


def read_flax_file(path):
    """What a checkpoint holds: nested dictionaries of NumPy arrays and plain values.

    Nothing of the file is executed. Arrays are copies of its bytes, whose number has to be that
    of the shape; bfloat16 becomes float32.

    Args:
        path: the file, of any name.

    Raises:
        UserError: if the file is missing, cut short, too large or none of this kind, or holds
            an extension type or a dtype that no weights have.

    Reference:
        flax.serialization 0.3.6, its format; no code of it.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    if path.stat().st_size > _LARGEST_FILE:
        raise UserError(f"{path}: must be at most {_LARGEST_FILE >> 30} GiB")
    try:
        import msgpack
    except ImportError as error:
        raise UserError(f"{path} needs the package msgpack, which is not installed") from error
    try:
        contents = _unpacked(msgpack, path.read_bytes())
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        # "incomplete input" is all that msgpack says of a file cut short.
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{path} is cut short or no checkpoint of flax ({reason[:200]})") from error
    if not isinstance(contents, dict):
        raise UserError(f"{path} is no checkpoint of flax: it holds no names")
    return contents


def flat_arrays(tree, prefix=""):
    """The arrays of nested dictionaries by their path, `a/b/c`; flat ones stay as they are.

    Raises:
        UserError: if there is something else than dictionaries and arrays.
    """
    flat = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= flat_arrays(value, f"{prefix}{name}/")
        elif isinstance(value, np.ndarray):
            flat[f"{prefix}{name}"] = value
        else:
            raise UserError(f"{prefix}{name} must be an array. Received: {type(value).__name__}")
    return flat


def _unpacked(msgpack, data):
    def dictionary(pairs):
        values = dict(pairs)
        if len(values) != len(pairs):
            raise UserError("a name is there twice")
        if any(isinstance(value, msgpack.Timestamp) for value in values.values()):
            extension(-1, b"")
        return _joined(values) if _CHUNKED in values else values

    def extension(code, data):
        if code not in (_ARRAY, _COMPLEX, _SCALAR):
            raise UserError(f"extension type {code}; allowed are 1, 2 and 3")
        parts = _unpacked(msgpack, data)
        return complex(*parts) if code == _COMPLEX else _array(*parts)

    return msgpack.unpackb(
        data,
        raw=False,
        strict_map_key=True,
        object_pairs_hook=dictionary,
        ext_hook=extension,
        max_array_len=_LARGEST_CONTAINER,
        max_map_len=_LARGEST_CONTAINER,
    )


def _array(shape, dtype, data):
    is_brain_float = dtype == "bfloat16"
    if dtype not in _DTYPES and not is_brain_float:
        raise UserError(f"dtype {dtype}; allowed are bfloat16, {', '.join(_DTYPES)}")
    kind = _DTYPES["uint16" if is_brain_float else dtype]
    _check_shape(shape, len(data), kind.itemsize)
    values = np.frombuffer(data, kind).reshape(shape)
    if is_brain_float:  # the upper half of a float32
        return (values.astype("uint32") << 16).view("float32")
    return values.astype(kind.newbyteorder("="))


def _joined(values):
    """The array that was written in pieces, since msgpack has no larger ones."""
    shape, chunks = (_in_order(values.get(name)) for name in ("shape", "chunks"))
    if not all(isinstance(chunk, np.ndarray) for chunk in chunks) or not chunks:
        raise UserError("an array in pieces has none")
    flat = np.concatenate([chunk.reshape(-1) for chunk in chunks])
    _check_shape(shape, flat.nbytes, flat.itemsize)
    return flat.reshape(shape)


def _in_order(values):
    """A tuple, which is written as a dictionary of its places."""
    if isinstance(values, dict):
        return [values[place] for place in sorted(values, key=int)]
    return list(values or ())


def _check_shape(shape, num_bytes, item_bytes):
    is_shape = all(isinstance(side, int) and side >= 0 for side in shape)
    if not is_shape or math.prod(shape) * item_bytes != num_bytes:
        raise UserError(f"an array of shape {list(shape)} has {num_bytes} bytes")
