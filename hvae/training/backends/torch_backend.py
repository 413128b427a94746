"""What training needs of PyTorch: a gradient, and a step that records nothing else."""

import contextlib
import functools
import os

import torch
from keras import ops
from torch import distributed
from torch.utils.checkpoint import checkpoint

from hvae.errors import UserError
from hvae.training.backends.devices import DevicesBase, lost_process
from hvae.training.backends.torch_cuda_graph import CUDAGraphStep
from hvae.training.backends.torch_recording import recorded

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


def compiled(function, variables, jit):
    """The function through `torch.compile`, if `jit`, and if the whole step is not a CUDA graph.

    What is compiled is what it does with tensors, recorded once: to follow Keras's Python, as
    `torch.compile` does, takes it minutes. What reads a value, as dropout its seed, is refused.

    Args:
        function: of tensors, reads and assigns no variables but these.
        variables: Keras variables.
        jit: whether to compile it.

    Raises:
        UserError: when it is called, if `torch.compile` does not manage.
    """
    if not jit or has_graphs():
        return function
    programs = {}  # by the shapes of its arguments

    def run(*arguments):
        values = [variable.value for variable in variables]
        shapes = tuple(leaf.shape for leaf in torch.utils._pytree.tree_leaves(arguments))
        if shapes not in programs:
            programs[shapes] = _program(function, variables, arguments)
        program, changed = programs[shapes]
        try:
            result, new = program(values, *arguments)
        except torch._dynamo.exc.TorchDynamoException as error:  # of its first call, if any
            raise _not_compiled(" ".join(str(error).split())[:200]) from error
        for variable, value in zip(changed, new):
            variable.assign(value)
        return result

    return run


def _program(function, variables, arguments):
    """`recorded`, to be compiled when it is called."""
    try:
        module, changed = recorded(function, variables, arguments)
    except RuntimeError as error:  # Keras's names the layer in its first line
        raise _not_compiled(str(error).partition("\n")[0]) from error
    return torch.compile(module, dynamic=False), changed


def _not_compiled(reason):
    return UserError(
        "jit: torch.compile does not manage this model; --no-jit runs it operation by operation. "
        f"Received: {reason}"
    )


def stepped(function, variables, jit):
    """The function, which records nothing for a gradient but where it takes one.

    Args:
        function: of tensors, reads and assigns no variables but these.
        variables: Keras variables.
        jit: whether it is one CUDA graph, where there are such.
    """
    if jit and has_graphs():
        return CUDAGraphStep(function, variables)
    return torch.no_grad()(function)


def drawing(function, variables, jit):
    """The function: Keras makes a number of a seed, for which the processor waits."""
    return torch.no_grad()(function)


def at_once(function):
    """The function, whose operations PyTorch runs one by one."""
    return function


def has_graphs():
    """Whether steps can be CUDA graphs: what processes tell each other is not part of one."""
    # Keras need not use the GPU that is there.
    return ops.zeros(()).is_cuda and _num_processes() == 1


def uses_compiler(jit):
    """Whether a step is a CUDA graph, or a program of `torch.compile`.

    Args:
        jit: `"on"`, `"off"`, or `"auto"`: where there are CUDA graphs.
    """
    return has_graphs() if jit == "auto" else jit == "on"


def describe_compiler(jit):
    """How a step is run, and how else it could be."""
    if has_graphs():
        return (
            "a CUDA graph (--no-jit: operation by operation)" if jit else "operation by operation"
        )
    return "torch.compile" if jit else "operation by operation (--jit: torch.compile)"


def _num_processes():
    """How many processes `torchrun` has started."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def has_accelerator():
    """Whether there is anything but processors to compute on."""
    return torch.accelerator.is_available()


class Devices(DevicesBase):
    """Processes that `torchrun` has started, each with a part of the batch.

    Args:
        count: how many; 0 for as many as there are.
    """

    shares_means = False

    def __init__(self, count):
        processes = _num_processes()
        super().__init__(count or processes)
        if self.count != processes:
            raise UserError(
                f"devices: PyTorch has one a process, and there are {processes}; start them by "
                f"torchrun --nproc_per_node {count} main.py ... Received: {count}"
            )
        if self.count > 1:
            if has_accelerator():
                torch.accelerator.set_device_index(int(os.environ["LOCAL_RANK"]))
            distributed.init_process_group("nccl" if has_accelerator() else "gloo")
            self.shard, self.num_shards = distributed.get_rank(), self.count

    def wait_for_all(self):
        if self.count > 1:
            with self._loss_told():
                distributed.barrier()

    def _on_all(self, function):
        def averaged(images, noise, settings):
            gradient, terms = function(images, noise, settings)
            # A term that is always 0 is a number.
            terms = [torch.as_tensor(t, dtype=torch.float32).to(gradient.device) for t in terms]
            for tensor in (gradient, *terms):
                self._sum(tensor)
                tensor /= self.count
            return gradient, tuple(terms)

        return averaged

    def _sum(self, tensor):
        """In place, over all processes."""
        with self._loss_told():
            distributed.all_reduce(tensor)

    @contextlib.contextmanager
    def _loss_told(self):
        try:
            yield
        except RuntimeError as error:  # of gloo and of NCCL: no subclass tells them from others
            raise lost_process(self, str(error)) from error
