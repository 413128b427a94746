"""Reads what TensorFlow's profiler has recorded."""

import collections
import pathlib
import re

#: A node of the graph, `NAME:TYPE`; C++ functions have two colons.
_NODE = re.compile(r"[^:\s]+:(\w+)")


def seconds_by_operation(folder):
    """Seconds that operations took on the CPU, by type, without those they contain.

    Args:
        folder: what `tf.profiler.experimental` has written into.
    """
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    seconds = collections.Counter()
    for path in pathlib.Path(folder).rglob("*.xplane.pb"):
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
        for plane in space.planes:
            for line in plane.lines:
                for kind, picoseconds in own_times(_nodes(plane, line)):
                    seconds[kind] += picoseconds / 1e12
    return seconds


def _nodes(plane, line):
    """`(start, end, type)` of the graph's nodes on one thread, picoseconds, in order."""
    nodes = []
    for event in line.events:
        match = _NODE.fullmatch(plane.event_metadata[event.metadata_id].name)
        if match:
            end = event.offset_ps + event.duration_ps
            nodes.append((event.offset_ps, end, match[1]))
    return sorted(nodes, key=lambda node: (node[0], -node[1]))


def own_times(nodes):
    """`(type, picoseconds)`: a node that calls a function contains the nodes of that."""
    open_nodes = []  # [end, type, own time], each inside the one before
    for start, end, kind in nodes:
        while open_nodes and open_nodes[-1][0] <= start:
            yield tuple(open_nodes.pop()[1:])
        if open_nodes:
            open_nodes[-1][2] -= end - start
        open_nodes.append([end, kind, end - start])
    while open_nodes:
        yield tuple(open_nodes.pop()[1:])
