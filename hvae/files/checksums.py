"""Checksums of models."""

import hashlib
import json

import numpy as np

from hvae.configuration.settings import to_dict


def config_checksum(config):
    """SHA-256 of a `ModelConfig`, hexadecimal."""
    return hashlib.sha256(json.dumps(to_dict(config), sort_keys=True).encode()).hexdigest()


def weights_checksum(model):
    """SHA-256 of all weights in the model's order, hexadecimal; the same on every backend."""
    digest = hashlib.sha256()
    for values in model.get_weights():
        digest.update(np.ascontiguousarray(values, "<f4").data)
    return digest.hexdigest()
