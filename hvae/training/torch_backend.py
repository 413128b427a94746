"""What training needs of PyTorch: a gradient, and a step that records nothing else."""

import functools

import torch
from torch.utils.checkpoint import checkpoint

#: There are no graphs of blocks, and PyTorch's elementwise functions are one pass each.
shared = fused = None


def value_and_gradients(function, variables, others):
    """`function()` and the gradients of its first result.

    Args:
        function: takes nothing, returns `(scalar loss, anything)`.
        variables: Keras variables.
        others: not read.

    Returns:
        The function's result, and one gradient per variable.
    """
    values = [variable.value for variable in variables]
    with torch.enable_grad():
        loss, extra = function()
        gradients = torch.autograd.grad(loss, values, allow_unused=True)
    gradients = [torch.zeros_like(v) if g is None else g for v, g in zip(values, gradients)]
    return torch.utils._pytree.tree_map_only(torch.Tensor, torch.detach, (loss, extra)), gradients


def recomputed(function):
    """The function, of which only the arguments are kept for the gradient."""
    return functools.partial(checkpoint, function, use_reentrant=False, preserve_rng_state=False)


def kept_bytes(function, arguments):
    """`None`: nobody knows before it was run."""
    return None


def compiled(function, jit):
    """The function through `torch.compile`, if `jit`."""
    return torch.compile(function, dynamic=False) if jit else function


def stepped(function, variables, jit):
    """The function, which records nothing for a gradient but where it takes one."""
    return torch.no_grad()(function)


def uses_compiler(jit):
    """Whether `torch.compile` makes a program of the gradient, for `"on"`, `"off"` or `"auto"`."""
    return jit == "on"


def describe_compiler(jit):
    """How a step is run, and how else it could be."""
    return "torch.compile" if jit else "operation by operation (--jit: torch.compile)"


def has_accelerator():
    """Whether there is anything but processors to compute on."""
    return torch.accelerator.is_available()
