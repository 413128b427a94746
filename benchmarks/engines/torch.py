"""PyTorch, operation by operation."""

import functools

from benchmarks.engines._keras import KerasEngine


class TorchEngine(KerasEngine):
    """Eager, without gradients."""

    label = "PyTorch, eager"
    keras_backend = "torch"

    def compiled(self, part, batch):
        import torch

        def tensors(inputs):
            return {name: torch.from_numpy(x) for name, x in inputs.items()}

        @functools.cache
        def function():
            inputs = tensors(self.files.inputs(part, batch))
            return self.transformed(self.function(part), inputs)

        def run(inputs):
            with torch.no_grad():
                outputs = function()(tensors(inputs))
                return {name: x.numpy() for name, x in outputs.items()}

        return run

    def transformed(self, function, inputs):
        """What is run in place of a function of tensors.

        Args:
            function: from tensors by name to tensors by name.
            inputs: examples of them.
        """
        return function
