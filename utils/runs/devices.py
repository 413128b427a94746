"""The devices that share the work of a command."""

import keras

from hvae.errors import UserError
from hvae.training.backends.backend import training_backend


def get_devices(count, typed_gpu):
    """The backend's `Devices`.

    Args:
        count: how many; 0 for the GPUs that somebody has typed, or for all that there are.
        typed_gpu: numbers of GPUs as somebody has typed them, `"none"`, or `None`.

    Raises:
        UserError: if they are not there.
    """
    backend = training_backend()
    gpus = typed_gpu.split(",") if typed_gpu not in (None, "none") else []
    if gpus and not backend.has_accelerator():
        raise UserError(
            f"gpu: {keras.config.backend()} finds no such one; none uses the processor. "
            f"Received: {typed_gpu}"
        )
    return backend.Devices(count or len(gpus))
