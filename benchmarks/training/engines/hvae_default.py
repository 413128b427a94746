"""This package, as it is without flags."""

from benchmarks.training.engines.hvae_graph import GraphEngine


class DefaultEngine(GraphEngine):
    """What a user gets who types the configuration's name only: on a processor, a graph."""

    label = "ours, default flags"
    flags = ()
