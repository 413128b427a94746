"""One program for all blocks of a kind."""

import json

import keras
from keras import ops, tree

from hvae.execution.direct import Direct
from hvae.execution.pure_block import PureBlock


class BlockPrograms(Direct):
    """Runs blocks as pure functions of weights and inputs, which blocks of a kind share.

    The blocks of a scale differ in nothing but their weights. What is traced, and compiled,
    is one program for each kind of block, not one for every block: the time until a deep
    model's first update, and the size of its graph, hardly grow with the depth of its scales.

    Of a kind are blocks of one class and of equal configurations but for names, with
    weights and inputs of equal shapes.

    Args:
        transform: what becomes of the pure function of a kind, see `PureBlock`.
    """

    def __init__(self, transform):
        self.transform = transform
        self.programs = {}  # by kind

    def __call__(self, layer, *args, **kwargs):
        leaves = tree.flatten((args, kwargs))
        inputs = [leaf for leaf in leaves if ops.is_tensor(leaf)]
        kind = _kind(layer, leaves)
        if kind not in self.programs:
            self.programs[kind] = PureBlock(layer, (args, kwargs), self.transform)
        state, outputs = self.programs[kind]([v.value for v in layer.variables], inputs)
        for variable, value in zip(layer.non_trainable_variables, state):
            variable.assign(value)
        return outputs


def _kind(layer, leaves):
    """What blocks that share a program have in common, as text."""
    config = _without_names(keras.saving.serialize_keras_object(layer))
    tensors = [*layer.variables, *filter(ops.is_tensor, leaves)]
    return json.dumps(
        [
            config,
            [repr(leaf) if not ops.is_tensor(leaf) else "tensor" for leaf in leaves],
            [(list(tensor.shape), str(tensor.dtype)) for tensor in tensors],
        ],
        sort_keys=True,
        default=str,
    )


def _without_names(config):
    if isinstance(config, dict):
        return {
            key: _without_names(value)
            for key, value in config.items()
            if key not in ("name", "build_config")
        }
    if isinstance(config, (list, tuple)):
        return [_without_names(value) for value in config]
    return config
