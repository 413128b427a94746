"""Blocks that are called one by one."""


class Direct:
    """Calls every block as it is; what else runs blocks is a subclass."""

    def __call__(self, layer, *args, **kwargs):
        """What `layer(*args, **kwargs)` gives."""
        return layer(*args, **kwargs)

    def chain(self, layers, inputs):
        """Apply layers in order."""
        for layer in layers:
            inputs = self(layer, inputs)
        return inputs

    def walk(self, blocks, state, arguments):
        """The `BlockOutput` of one block after the other, each given the state of the one before.

        Args:
            blocks: blocks of one scale, in order.
            state: that of the first.
            arguments: for each block a dictionary of its other arguments.
        """
        for block, others in zip(blocks, arguments, strict=True):
            output = self(block, state, **others)
            state = output.state
            yield output
