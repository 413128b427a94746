"""Environment variables that must be set before keras and TensorFlow are imported."""

import contextlib
import logging
import os

from hvae.errors import UserError


def set_environment(backend, gpu="0"):
    """Choose backend and GPU, and keep TensorFlow's start-up messages quiet."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ["CUDA_VISIBLE_DEVICES"] = "" if gpu == "none" else gpu
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # It warns of tracing a function anew where several models are each traced once.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


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
