"""What can train a model: one engine a file, found by it."""

from hvae.registry.registry import Registry

#: By the values of `engines`.
ENGINES = Registry("engines", __name__, "benchmarks.training.engines.base:TrainingEngine")
