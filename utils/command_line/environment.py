"""Environment variables that must be set before keras and TensorFlow are imported."""

import contextlib
import logging
import os
import pathlib

from hvae.errors import UserError
from utils.experiments.run_settings import BACKENDS


def set_environment(backend, gpu="0", is_typed=False):
    """Choose backend and GPU, and keep TensorFlow's start-up messages quiet.

    Args:
        backend: the Keras backend.
        gpu: numbers of GPUs, as `"0"` or `"0, 1"`, or `"none"`.
        is_typed: whether somebody has typed that; if not, `CUDA_VISIBLE_DEVICES` stays as it is
            where the environment has it, an empty one too.
    """
    os.environ["KERAS_BACKEND"] = backend
    if is_typed or "CUDA_VISIBLE_DEVICES" not in os.environ:
        os.environ["CUDA_VISIBLE_DEVICES"] = "" if gpu == "none" else gpu.replace(" ", "")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # What JAX has compiled once, the next run reads: minutes, for a deep model.
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(pathlib.Path(cache, "hvae", "jax")))
    # It warns of tracing a function anew where several models are each traced once.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def backend_of_environment():
    """The backend that `KERAS_BACKEND` names, or `None`.

    Raises:
        UserError: if there is none of that name.
    """
    backend = os.environ.get("KERAS_BACKEND") or None
    if backend and backend not in BACKENDS:
        raise UserError(f"KERAS_BACKEND: allowed are {', '.join(BACKENDS)}. Received: {backend}")
    return backend


@contextlib.contextmanager
def backend_needed(backend):
    """Around what imports keras.

    Raises:
        UserError: if the backend is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != backend:
            raise
        raise UserError(
            f"backend: {backend} is not installed; pip install -r requirements/test.txt has it"
        ) from error
