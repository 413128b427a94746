"""What training needs of the backend: a module each, and files beside it with its name in front."""

import importlib

import keras

from hvae.errors import UserError


def training_backend():
    """The module of the backend that Keras uses; each has the functions of the others.

    value_and_gradients     a loss and its gradient
    compiled                a function as a program, if it is to be
    stepped                 a function that assigns variables, as one step
    drawing                 a function that draws random numbers, as one step
    at_once                 a function that is called outside a step, as one program where that
                            starts sooner than its operations do
    recomputed              a function that keeps its arguments only for its gradient
    shared, fused           a function as a program of its own within others; `None` where that
                            gains nothing
    kept_bytes              what a loss leaves for its gradient; `None` where nobody knows before
    uses_compiler           whether to compile, for `"on"`, `"off"` or `"auto"`
    describe_compiler       a few words on that
    has_accelerator         whether there is anything but processors
    Devices                 several that share the batch of an update

    Raises:
        UserError: if that backend takes no gradients.
    """
    name = keras.config.backend()
    if name not in ("tensorflow", "jax", "torch"):
        raise UserError(f"backend: training needs tensorflow, jax or torch. Received: {name}")
    return importlib.import_module(f"hvae.training.backends.{name}_backend")
