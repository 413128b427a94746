"""Readers of published weights: PyTorch's files, `.safetensors`, `.npz`."""

import pathlib

import numpy as np

from hvae.checks.received import received
from hvae.errors import UserError

_TORCH = (".th", ".pt", ".pth", ".model", ".checkpoint")


def read_state_dicts(path):
    """Tensors of a file by kind of weights and by name, as NumPy.

    Args:
        path: as of `read_weight_file`.

    Returns:
        A dictionary with the keys of `WEIGHTS`. Only where a file holds an average beside the
        weights (`ema_model_state_dict`, `model_state_dict`) are there two state dicts.

    Raises:
        UserError: as `read_weight_file`.
    """
    return state_dicts_of(read_weight_file(path))


def state_dicts_of(contents):
    """The same of what a file holds.

    Raises:
        UserError: if there are no names and tensors where they should be.
    """
    # Some save the state dict beside other things.
    raw = contents.get("model_state_dict") or contents.get("state_dict", contents)
    if not isinstance(raw, dict):
        raise UserError(
            f"the checkpoint must hold names and tensors of numbers. Received: {received(raw)}"
        )
    return {"ema": contents.get("ema_model_state_dict") or raw, "raw": raw}


def read_weight_file(path, allowed=()):
    """What a file holds: tensors by name, or dictionaries of them beside other things.

    Tensors are NumPy's, floating-point ones float32.

    Args:
        path: `.th`, `.pt`, `.pth`, `.model` or `.checkpoint` (needs torch), `.safetensors` (needs
            safetensors), `.npz`, or Keras's `.weights.h5`.
        allowed: classes that a file of PyTorch may have instances of.

    Raises:
        UserError: if the file is missing or damaged, of another kind, or holds anything
            but tensors and plain values.
    """
    path = pathlib.Path(path)
    readers = {
        **dict.fromkeys(_TORCH, lambda path: _read_torch(path, allowed)),
        ".safetensors": _read_safetensors,
        ".npz": _read_npz,
        ".h5": _read_h5,
    }
    if path.suffix not in readers:
        raise UserError(f"{path}: allowed are files ending in {', '.join(readers)}")
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    try:
        return readers[path.suffix](path)
    except ImportError as error:
        raise UserError(f"{path} needs the package {error.name}, which is not installed") from error
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        if "pickle" in reason.lower() or "weights_only" in reason:
            # Its reader's own message says how to let such a file run its code.
            reason = "to read the rest would run code that it brings"
        raise UserError(f"{path} is damaged or holds more than tensors ({reason})") from error


def _read_torch(path, allowed):
    import torch

    with torch.serialization.safe_globals(list(allowed)):
        contents = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(contents, dict):
        raise ValueError(f"{type(contents).__name__} in place of names and tensors")
    return _as_numpy(torch, contents)


def _as_numpy(torch, value):
    if isinstance(value, dict):
        return {name: _as_numpy(torch, item) for name, item in value.items()}
    if isinstance(value, torch.Tensor):
        return (value.float() if value.is_floating_point() else value).detach().numpy()
    return value


def _read_safetensors(path):
    from safetensors.numpy import load_file

    return load_file(path)


def _read_h5(path):
    import h5py

    tensors = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset):
            tensors[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(keep)
    return tensors


def _read_npz(path):
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
