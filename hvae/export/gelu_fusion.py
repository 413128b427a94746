"""GELU as one operation of OpenVINO."""

import math

import numpy as np


def fuse_gelu(graph):
    """Replace what TensorFlow makes of GELU, which OpenVINO's own patterns do not match.

    It arrives as (½ · x) · (1 − erf(−x/√2)), operations that each pass over the memory.

    Args:
        graph: an `openvino.Model`, changed in place.

    Returns:
        How many there were.
    """
    from openvino import opset8

    fused = 0
    for erf in graph.get_ops():
        if erf.get_type_name() != "Erf":
            continue
        x = _without_constant(erf.input_value(0).get_node(), "Multiply", -math.sqrt(0.5))
        complement = _only_consumer(erf)
        if x is None or _without_constant(complement, "Subtract", 1.0) is None:
            continue
        product = _only_consumer(complement)
        if product is None or product.get_type_name() != "Multiply":
            continue
        factors = (product.input_value(i).get_node() for i in range(2))
        halves = [_without_constant(factor, "Multiply", 0.5) for factor in factors]
        if x in halves:
            product.output(0).replace(opset8.gelu(x, "erf").output(0))
            fused += 1
    graph.validate_nodes_and_infer_types()
    return fused


def _without_constant(node, kind, constant):
    """The other input of an operation of this kind with this constant, or `None`.

    Constants are subtracted from, not subtracted.
    """
    if node is None or node.get_type_name() != kind:
        return None
    for i in (0,) if kind == "Subtract" else (0, 1):
        source = node.input_value(i).get_node()
        if source.get_type_name() == "Constant" and np.allclose(source.get_data(), constant):
            return node.input_value(1 - i)
    return None


def _only_consumer(node):
    """The one operation that reads a node's output, or `None` if there are others."""
    consumers = [port.get_node() for port in node.output(0).get_target_inputs()]
    return consumers[0] if len(consumers) == 1 else None
