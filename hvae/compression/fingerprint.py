"""What has to be the same where a file is written and where it is read."""

import platform

import keras

from hvae.files.checksums import config_checksum, weights_checksum
from hvae.files.versions import installed_versions


def fingerprint(model):
    """Model, program and machine, as plain values by name.

    The model is the SHA-256 of its weights and that of its configuration. Other programs and
    processors round otherwise: their z would be another's.
    """
    backend = keras.config.backend()
    packages = ("keras", "constriction", backend, f"{backend}-cpu")
    return {
        "model": f"{weights_checksum(model)} {config_checksum(model.config)}",
        "backend": backend,
        **installed_versions(packages),
        "machine": platform.machine(),
    }
