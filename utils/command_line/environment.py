"""Environment variables that must be set before keras and TensorFlow are imported."""

import logging
import os


def set_environment(backend, gpu="0"):
    """Choose backend and GPU, and keep TensorFlow's start-up messages quiet."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ["CUDA_VISIBLE_DEVICES"] = "" if gpu == "none" else gpu
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # It warns of tracing a function anew where several models are each traced once.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
