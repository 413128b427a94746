"""PyTorch, compiled."""

from benchmarks.engines import torch as eager


class TorchCompileEngine(eager.TorchEngine):
    """`torch.compile` of the function's operations, with frozen weights.

    Of the function itself Dynamo compiles pieces, since it cannot follow all of Keras's
    Python: it takes minutes, and the interpreter's time between the pieces remains.
    """

    label = "PyTorch, torch.compile"
    # A start-up without what earlier ones have left on the disk.
    environment = {"TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"}

    def transformed(self, function, inputs):
        import torch
        from torch.fx.experimental.proxy_tensor import make_fx

        with torch.no_grad():
            operations = make_fx(lambda tensors: function(tensors))(inputs)
        return torch.compile(operations, dynamic=False, options={"freezing": True})
