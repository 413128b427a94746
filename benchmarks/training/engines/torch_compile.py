"""Plain PyTorch, compiled."""

from benchmarks.training.engines import torch_eager


class TorchCompileEngine(torch_eager.TorchEagerEngine):
    """`torch.compile` of the loss, and with it of its gradient."""

    label = "PyTorch, `torch.compile`"
    can_profile = False

    def compiled(self, loss):
        import torch

        return torch.compile(loss, dynamic=False)
