"""The call of a layer as a function of nothing but its arguments."""

import keras
from keras import layers, ops, tree

#: The place of a tensor in a structure.
_TENSOR = "tensor"


class PureBlock:
    """A layer's call while it trains, as a pure function of tensors, transformed once.

    What is no tensor among the arguments is part of the function.

    Args:
        layer: a built layer.
        arguments: `(args, kwargs)` of the call.
        transform: what becomes of the pure function. `function(values, inputs)`, two lists
            of tensors, gives a list of tensors, and so has what `transform` returns.
    """

    def __init__(self, layer, arguments, transform):
        self.layer = layer
        self._arguments = _Places(arguments)
        self._outputs = None  # their `_Places`, known once the function was traced
        training = _Training(self._pure)
        self._function = transform(lambda *tensors: training(*tensors, training=True))

    def __call__(self, values, inputs):
        """The layer's outputs for other weights.

        Args:
            values: of all variables, as `layer.variables` lists them.
            inputs: the tensors among the arguments, in order.

        Returns:
            New values of `layer.non_trainable_variables`, and the outputs.
        """
        flat = list(self._function(values, inputs))
        count = len(self.layer.non_trainable_variables)
        return flat[:count], self._outputs.filled(flat[count:])

    def _pure(self, values, inputs):
        args, kwargs = self._arguments.filled(inputs)
        with keras.StatelessScope(zip(self.layer.variables, values)) as scope:
            outputs = self.layer(*args, **kwargs)
        state = [scope.get_current_value(v) for v in self.layer.non_trainable_variables]
        self._outputs = _Places(outputs)
        return [*state, *filter(ops.is_tensor, tree.flatten(outputs))]


class _Training(layers.Layer):
    """A function whose layers are told that they train, whenever it is called.

    What is computed again for the gradient is called outside the model's own call, which
    would tell them.
    """

    def __init__(self, function):
        super().__init__(autocast=False, name="training")
        self.function = function
        self.built = True

    def call(self, values, inputs, training=None):
        return self.function(values, inputs)


class _Places:
    """Where in a structure there are tensors, and what else there is.

    In the order of `tree.flatten`: under PyTorch `tree.map_structure` has another one.
    """

    def __init__(self, structure):
        leaves = tree.flatten(structure)
        self._leaves = [_TENSOR if ops.is_tensor(leaf) else leaf for leaf in leaves]
        self._structure = tree.map_structure(lambda leaf: None, structure)

    def filled(self, tensors):
        """The structure with these tensors."""
        tensors = iter(tensors)
        leaves = [next(tensors) if leaf is _TENSOR else leaf for leaf in self._leaves]
        return tree.pack_sequence_as(self._structure, leaves)
