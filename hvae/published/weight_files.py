"""Readers of published weights: PyTorch's `.th` and `.pt`, `.safetensors`, `.npz`."""

import pathlib

import numpy as np

from hvae.errors import UserError


def read_state_dict(path):
    """Tensors of a file by name, as NumPy.

    Args:
        path: `.th`, `.pt`, `.model` or `.checkpoint` (needs torch), `.safetensors` (needs
            safetensors) or `.npz`.

    Raises:
        UserError: if the file is missing or damaged, of another kind, or holds anything
            but tensors.
    """
    path = pathlib.Path(path)
    readers = {
        **dict.fromkeys((".th", ".pt", ".model", ".checkpoint"), _read_torch),
        ".safetensors": _read_safetensors,
        ".npz": _read_npz,
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
        raise UserError(f"{path} is damaged or holds more than tensors ({reason})") from error


def _read_torch(path):
    import torch

    tensors = torch.load(path, map_location="cpu", weights_only=True)
    # Some save the state dict beside other things.
    tensors = tensors.get("state_dict", tensors)
    return {name: tensor.float().numpy() for name, tensor in tensors.items()}


def _read_safetensors(path):
    from safetensors.numpy import load_file

    return load_file(path)


def _read_npz(path):
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
