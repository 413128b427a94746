"""A published state dict, of which every tensor has to be used once."""

import numpy as np
from keras import ops

from hvae.checks.received import received
from hvae.errors import UserError
from hvae.model import HVAE


class StateDict:
    """Tensors by name; keeps account of which were used.

    Args:
        tensors: names and arrays (NumPy, or whatever `numpy.asarray` takes).

    Raises:
        UserError: if it is anything else.
    """

    def __init__(self, tensors):
        for name, value in tensors.items():
            kind = getattr(getattr(value, "dtype", None), "kind", "f")
            if not isinstance(name, str) or not hasattr(value, "shape") or kind not in "biuf":
                raise UserError(
                    "the checkpoint must hold names and tensors of numbers. "
                    f"Received: {received(name)}: {received(value)}"
                )
        # Models that trained in parallel carry a prefix.
        self._tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
        self._unused = set(self._tensors)

    def assign_convolution(self, name, layer):
        """Give a convolution the weight and bias of this name: OIHW to HWIO.

        Of a transposed convolution it is IOHW to HWOI.

        Raises:
            UserError: if a tensor is missing or has another shape.
        """
        self.assign(f"{name}.weight", layer.kernel, to_hwio)
        if layer.use_bias:
            self.assign(f"{name}.bias", layer.bias)

    def assign_depthwise(self, name, layer):
        """Give a depthwise convolution without bias the weight of this name: C1HW to HWC1."""
        self.assign(f"{name}.weight", layer.kernel, lambda w: w.transpose(2, 3, 0, 1))

    def assign_weight_norm(self, name, layer):
        """Give a `WeightNormConvolution` PyTorch's direction, gain and bias of this name."""
        self.assign(f"{name}.weight_v", layer.direction, to_hwio)
        self.assign(f"{name}.weight_g", layer.gain, lambda g: g.reshape(len(g)))
        self.assign(f"{name}.bias", layer.bias)

    def assign_dense(self, name, layer):
        """Give a dense layer the weight `(out, in)` and bias of this name."""
        self.assign(f"{name}.weight", layer.kernel, lambda w: w.transpose(1, 0))
        self.assign(f"{name}.bias", layer.bias)

    def assign_batch_norm(self, name, layer):
        """Give a batch normalisation scale, shift and moving statistics of this name."""
        self.assign(f"{name}.weight", layer.gamma)
        self.assign(f"{name}.bias", layer.beta)
        self.assign(f"{name}.running_mean", layer.moving_mean)
        self.assign(f"{name}.running_var", layer.moving_variance)
        self._unused.discard(f"{name}.num_batches_tracked")

    def assign_map(self, name, variable):
        """Give a variable `(1, height, width, channels)` a tensor `(1, C, H, W)`."""
        self.assign(name, variable, lambda w: w.transpose(0, 2, 3, 1))

    def assign_channels(self, name, variable):
        """Give a variable `(channels,)` a tensor `(1, C, 1, 1)`."""
        self.assign(name, variable, lambda w: w.reshape(w.shape[1:2]), shape=(1, None, 1, 1))

    def assign(self, name, variable, convert=lambda w: w, shape=None):
        """Give a variable a tensor, converted to our layout.

        Args:
            name: the tensor's name.
            variable: a Keras variable.
            convert: from the tensor's layout to the variable's.
            shape: what the tensor's shape must be before, `None` where any size is.
        """
        tensor = self.take(name)
        rank = len(shape) if shape else None
        fits = rank is None or (
            tensor.ndim == rank and all(s is None or s == t for s, t in zip(shape, tensor.shape))
        )
        value = _converted(tensor, convert) if fits else None
        if value is None or value.shape != tuple(variable.shape):
            raise UserError(
                f"{name} does not fit: the checkpoint has {tuple(tensor.shape)}, "
                f"the model needs {tuple(variable.shape)} in our layout"
            )
        variable.assign(ops.convert_to_tensor(value, dtype="float32"))

    def take(self, name):
        """A tensor, which counts as used from now on.

        Raises:
            UserError: if it is missing, or was used before.
        """
        if name not in self._unused:
            raise UserError(f"the checkpoint lacks {name}")
        self._unused.remove(name)
        return np.asarray(self._tensors[name])

    def discard_zeros(self, name):
        """Use up a tensor that must be zero, for which the model has no variable.

        Raises:
            UserError: if it is missing, or not zero.
        """
        if np.any(self.take(name)):
            raise UserError(f"{name} must be zero: the model has no place for other values")

    def discard(self, name):
        """Use up weight and bias of a layer whose result nobody reads, if they are there."""
        self._unused -= {f"{name}.weight", f"{name}.bias"}

    def finish(self):
        """Raises `UserError` if any tensor was not used."""
        if self._unused:
            names = sorted(self._unused)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise UserError(
                f"the checkpoint has {names[0]}{more}, for which the model has no place"
            )


def build_from(state_dict, config, assign):
    """A model that every tensor of a state dict has gone into.

    Args:
        state_dict: a `StateDict`, or names and arrays in PyTorch's layout.
        config: the model's `ModelConfig`.
        assign: gives the model its weights; called with a `StateDict` and the `HVAE`.

    Raises:
        UserError: if a tensor is missing, unused or misshapen; it is named.
    """
    model = HVAE(config)
    tensors = state_dict if isinstance(state_dict, StateDict) else StateDict(state_dict)
    assign(tensors, model)
    tensors.finish()
    return model


def to_hwio(kernel):
    """A kernel in our layout, of one in PyTorch's."""
    return kernel.transpose(2, 3, 1, 0)


def _converted(tensor, convert):
    try:
        return convert(tensor)
    except (ValueError, IndexError):
        return None  # another rank
