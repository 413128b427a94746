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
