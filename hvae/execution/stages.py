"""Groups of blocks that are computed twice as a whole."""

import math

import keras

from hvae.execution.direct import Direct


class Stages(Direct):
    """Runs the n blocks of a scale in groups of about √n; a group is one block to `groups`.

    With a `groups` and a `blocks` that compute theirs again for the gradient, what is kept are the
    states between the groups, and, of the group whose turn it is, those between its blocks: 2√n
    in place of n. The price is one more pass.

    Args:
        groups: a `BlockPrograms` for the groups.
        blocks: a `BlockPrograms` for the blocks in them.

    Reference:
        Chen et al. 2016, Sections 4.1 and 4.4.
    """

    def __init__(self, groups, blocks):
        self.groups = groups
        self.blocks = blocks

    def __call__(self, layer, *args, **kwargs):
        return self.blocks(layer, *args, **kwargs)

    def chain(self, layers, inputs):
        for part in _parts(layers):
            inputs = self.groups(_Chain(layers[part], self.blocks), inputs)
        return inputs

    def walk(self, blocks, state, arguments):
        for part in _parts(blocks):
            outputs = self.groups(_Walk(blocks[part], self.blocks), state, arguments[part])
            state = outputs[-1].state
            yield from outputs


def _parts(blocks):
    """Slices that divide blocks into groups of √n, rounded up."""
    size = math.isqrt(max(0, len(blocks) - 1)) + 1
    return [slice(start, start + size) for start in range(0, len(blocks), size)]


class _Group:
    """Blocks as one, which `execution` runs; to `BlockPrograms` it is a layer."""

    def __init__(self, blocks, execution):
        self.blocks = blocks
        self.execution = execution

    @property
    def variables(self):
        return [v for block in self.blocks for v in block.variables]

    @property
    def non_trainable_variables(self):
        return [v for block in self.blocks for v in block.non_trainable_variables]

    def get_config(self):
        """What groups of a kind have in common."""
        return {"blocks": [keras.saving.serialize_keras_object(block) for block in self.blocks]}


class _Chain(_Group):
    def __call__(self, inputs):
        return self.execution.chain(self.blocks, inputs)


class _Walk(_Group):
    def __call__(self, state, arguments):
        return list(self.execution.walk(self.blocks, state, arguments))
