"""A step of PyTorch that a GPU runs without waiting for Python."""

import functools
import warnings

import torch
from torch.utils import _pytree as pytree

from hvae.training.backends.torch_recording import recorded


class CUDAGraphStep:
    """A function that assigns variables, as one CUDA graph for each shape of its arguments.

    PyTorch starts the kernels of an update one by one from Python, and those of a hierarchy are
    many and small: a GPU waits for most of them. A graph starts them all at once. What the
    kernels need in between stays in memory from update to update.

    Where the function cannot be recorded, it is run as it is, with a warning.

    Args:
        function: of tensors, reads and assigns no variables but these.
        variables: Keras variables, whose tensors stay where they are.
    """

    def __init__(self, function, variables):
        self._function = torch.no_grad()(function)
        self._variables = variables
        self._programs = {}  # by the shapes of its arguments

    def __call__(self, *arguments):
        given = _tensors(arguments)
        key = tuple((x.shape, x.dtype) for x in given)
        if key not in self._programs:
            self._programs[key] = self._program(arguments)
        program = self._programs[key]
        return program(given) if program else self._function(*arguments)

    def _program(self, arguments):
        try:
            return self._captured(arguments)
        except RuntimeError as error:  # Keras's names the layer in its first line
            warnings.warn(
                "jit: the update is run operation by operation, since it cannot be a CUDA graph: "
                + str(error).partition("\n")[0],
                stacklevel=2,
            )
            return None

    @torch.no_grad()
    def _captured(self, arguments):
        own = pytree.tree_map_only(torch.Tensor, torch.clone, arguments)
        module, changed = recorded(self._function, self._variables, own)
        values = [variable.value for variable in self._variables]
        targets = [variable.value for variable in changed]

        def step():
            result, new = module(values, *own)
            for target, value in zip(targets, new):
                target.copy_(value)
            return result

        # The first run of an operation may prepare what a graph cannot hold.
        replay = captured(step, warm_up=lambda: module(values, *own))
        inputs = _tensors(own)

        @torch.no_grad()
        def run(given):
            for tensor, value in zip(inputs, given):
                tensor.copy_(value)
            # The next run writes into what this one gives.
            return pytree.tree_map_only(torch.Tensor, torch.clone, replay())

        return run


def _tensors(structure):
    return [leaf for leaf in pytree.tree_leaves(structure) if isinstance(leaf, torch.Tensor)]


@functools.cache
def _memory_pool():
    """Graphs run one after the other, and so share what is in between."""
    return torch.cuda.graph_pool_handle()


def captured(function, warm_up):
    """A function that does what `function` does, and gives the same tensors every time.

    Args:
        function: of nothing, in which the processor does not wait for the GPU. It is not run, and
            what it gives are tensors, which every run writes into.
        warm_up: does what it does without assigning anything.
    """
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        warm_up()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    torch.cuda.empty_cache()  # what the graph keeps comes from elsewhere
    graph = torch.cuda.CUDAGraph()
    # Another thread may be putting the next images on the GPU.
    mode = "thread_local"
    with torch.cuda.graph(graph, pool=_memory_pool(), stream=stream, capture_error_mode=mode):
        results = function()

    def replay():
        graph.replay()
        return results

    return replay
