"""What has to be the same where a file is written and where it is read."""

import hashlib
import json
import platform

import keras
import numpy as np
from keras import ops

from hvae.configuration.settings import to_dict
from hvae.files.versions import installed_versions


def fingerprint(model):
    """Model, program and machine, as plain values by name.

    The model is the SHA-256 of its configuration and weights. Other programs and processors
    round otherwise: their z would be another's.
    """
    digest = hashlib.sha256(json.dumps(to_dict(model.config), sort_keys=True).encode())
    for variable in model.layer_variables:
        digest.update(np.ascontiguousarray(ops.convert_to_numpy(variable)).tobytes())
    backend = keras.config.backend()
    packages = ("keras", "constriction", backend, f"{backend}-cpu")
    return {
        "model": digest.hexdigest(),
        "backend": backend,
        **installed_versions(packages),
        "machine": platform.machine(),
    }
