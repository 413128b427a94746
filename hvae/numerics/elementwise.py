"""Activations that keep their input alone for the gradient, and are one pass over memory."""

import contextlib
import contextvars
import functools
import math

import keras
from keras import ops

#: Numbers in a tensor from which on starting a program costs less than it gains.
LEAST_SIZE = 2**18

#: Makes a program of a function; `None` where functions run as they are.
_compile = contextvars.ContextVar("compile", default=None)


@contextlib.contextmanager
def elementwise_compiled(compile_function):
    """Within this context large tensors go through programs that `compile_function` makes.

    A TensorFlow graph otherwise goes through memory once for each operation of a formula.

    Args:
        compile_function: from a function of tensors to one that does the same; `None` for none.
    """
    token = _compile.set(compile_function)
    try:
        yield
    finally:
        _compile.reset(token)


class Elementwise:
    """A function of single numbers with its own gradient.

    TensorFlow and JAX differentiate a formula step by step and keep a tensor for each step: three
    times the memory, which in a deep model is most of it.

    Args:
        name: what a layer's configuration calls it.
        value: f, from a tensor to a tensor.
        slope: its derivative f′, from a float32 tensor to a float32 tensor.
        native: f as the backend has it, with the backend's gradient; `value`, if left out.
    """

    def __init__(self, name, value, slope, native=None):
        self.__name__ = name  # where Keras looks for it
        self.value = value
        self.slope = slope
        self.native = native or value

    def __call__(self, x):
        # PyTorch's own functions keep the input alone, and OpenVINO takes no gradients.
        if keras.config.backend() in ("torch", "openvino"):
            return self.native(x)
        return ops.custom_gradient(self._value_and_gradient)(x)

    def _value_and_gradient(self, x):
        compiled = _compile.get()
        value, gradient = self.value, self._gradient
        if compiled is not None and None not in x.shape and math.prod(x.shape) >= LEAST_SIZE:
            value, gradient = (_program(compiled, function) for function in (value, gradient))

        def from_upstream(*args, upstream=None):
            if upstream is None:
                (upstream,) = args
            return gradient(x, upstream)

        return value(x), from_upstream

    @functools.cached_property
    def _gradient(self):
        def gradient(x, upstream):
            # In float32 whatever the dtype policy: terms of a derivative can cancel.
            return upstream * ops.cast(self.slope(ops.cast(x, "float32")), upstream.dtype)

        return gradient


@functools.cache
def _program(compile_function, function):
    """One for all calls, which share what was compiled for their shape."""
    return compile_function(function)
