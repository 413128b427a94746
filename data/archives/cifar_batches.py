"""The batches of CIFAR-10, in an archive of its authors or unpacked."""

import io
import tarfile

import numpy as np

from data.archives.safe_names import check_name
from data.files import check_size, reading
from data.python2_arrays import load_python2_dictionary
from data.sets.base import Published
from hvae.errors import UserError

_TRAIN = tuple(f"data_batch_{i}" for i in range(1, 6))
_TEST = "test_batch"


def read_cifar_archive(archive):
    """The images of `cifar-10-python.tar.gz` or `cifar-10-binary.tar.gz`.

    Raises:
        UserError: if it is damaged, or a batch is a link or outside of it.
    """
    with reading(archive):
        contents = {}
        with tarfile.open(archive, "r:gz") as file:
            for member in file:
                name = check_name(archive, member.name).rsplit("/", 1)[-1].removesuffix(".bin")
                if name not in (*_TRAIN, _TEST):
                    continue
                if not member.isreg():
                    raise UserError(f"{archive} holds a link: {member.name}; fetch it again")
                check_size(archive, member.name, member.size)
                contents[name] = file.extractfile(member).read()
        missing = next((name for name in (*_TRAIN, _TEST) if name not in contents), None)
        if missing is not None:
            raise ValueError(f"it lacks {missing}")
        read = _rows_of_binary if "binary" in archive.name else _rows_of_python
        return _published({name: read(content) for name, content in contents.items()})


def read_cifar_folder(folder):
    """The images of an unpacked `cifar-10-batches-py` or `cifar-10-batches-bin`.

    Raises:
        UserError: if a batch is missing or damaged.
    """
    is_binary = (folder / f"{_TEST}.bin").is_file()
    rows = {}
    for name in (*_TRAIN, _TEST):
        path = folder / (f"{name}.bin" if is_binary else name)
        with reading(path):
            check_size(path, name, path.stat().st_size)
            read = _rows_of_binary if is_binary else _rows_of_python
            rows[name] = read(path.read_bytes())
    return _published(rows)


def _rows_of_binary(content):
    # One byte of label before each image.
    return np.frombuffer(content, np.uint8).reshape(-1, 1 + 3072)[:, 1:]


def _rows_of_python(content):
    return load_python2_dictionary(io.BytesIO(content))["data"]


def _published(rows):
    train = np.concatenate([rows[name] for name in _TRAIN])
    return Published(_to_images(train), test=_to_images(rows[_TEST]))


def _to_images(rows):
    """Rows of 3072 bytes, channel by channel, to `(images, 32, 32, 3)`."""
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
