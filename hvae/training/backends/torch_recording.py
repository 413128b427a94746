"""What a function does with PyTorch's tensors, recorded."""

import keras
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx


def recorded(function, variables, arguments):
    """A function of tensors that does what a function of variables does.

    To follow Keras's Python, as `torch.compile` does, takes minutes: this runs it once. Numbers
    that it makes tensors of are made once, too.

    Args:
        function: of tensors, reads and assigns no variables but these.
        variables: Keras variables.
        arguments: the function's; it is recorded for their shapes.

    Returns:
        A module that gives the function's result and the new values of some variables, from the
        values of all and the function's arguments; and those variables.

    Raises:
        RuntimeError: if it reads a value, as dropout its seed.
    """
    changed = []

    def pure(values, *others):
        with keras.StatelessScope(list(zip(variables, values))) as scope:
            result = function(*others)
        after = [scope.get_current_value(variable) for variable in variables]
        places = [i for i, value in enumerate(after) if value is not values[i]]
        changed[:] = [variables[i] for i in places]
        return result, [after[i] for i in places]

    # One for all nodes: to make one for each takes longer than the rest.
    fakes = FakeTensorMode(allow_fallback_kernels=True)
    with torch._guards.tracing(torch._guards.TracingContext(fakes)):
        module = make_fx(pure)([variable.value for variable in variables], *arguments)
    _fold_constants(module)
    return module, changed


def _fold_constants(module):
    """Work out what is made of constants alone: on a GPU it would be copied there every time."""
    graph, constants = module.graph, {}
    written = _written(graph)
    for node in list(graph.nodes):
        if node.op == "get_attr":
            constants[node] = getattr(module, node.target)
        elif node not in written and _is_of_constants(node, constants):
            args, kwargs = torch.fx.map_arg((node.args, node.kwargs), constants.__getitem__)
            value = node.target(*args, **kwargs)
            if isinstance(value, torch.Tensor):
                module.register_buffer(f"folded_{node.name}", value, persistent=False)
                with graph.inserting_before(node):
                    folded = graph.get_attr(f"folded_{node.name}")
                node.replace_all_uses_with(folded)
                constants[folded] = value
    graph.eliminate_dead_code()
    module.recompile()


def _is_of_constants(node, constants):
    """Whether a node depends on constants alone, and not on chance."""
    inputs = node.all_input_nodes
    if node.op != "call_function" or not inputs or any(n not in constants for n in inputs):
        return False
    return torch.Tag.nondeterministic_seeded not in getattr(node.target, "tags", ())


def _written(graph):
    """Nodes whose tensors are written into, by themselves or as what shares their memory."""
    written = set()
    for node in reversed(graph.nodes):
        schema = getattr(node.target, "_schema", None)
        if schema is None:
            continue
        shares_memory = any(value.alias_info is not None for value in schema.returns)
        if schema.is_mutable or (node in written and shares_memory):
            written |= {node, *node.all_input_nodes}
    return written
