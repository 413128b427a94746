"""One context of MLIR for many of JAX's programs."""

from jax._src.interpreters import mlir


class _SharedContext:
    """What `mlir.make_ir_context` gives, anew after a hundred programs.

    What programs leave in a context stays as long as it does.
    """

    def __init__(self):
        self.make, self.context, self.uses = mlir.make_ir_context, None, 0

    def __call__(self):
        if self.uses % 100 == 0:
            self.context = self.make()
        self.uses += 1
        return self.context


def share_contexts():
    """To make a context, as JAX does for each program, is a fifth of a small program's time."""
    mlir.make_ir_context = _SharedContext()
