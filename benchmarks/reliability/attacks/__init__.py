"""What is done to runs and commands: one attack a file, found by it."""

from hvae.registry.registry import Registry

#: By the values of `attacks`.
ATTACKS = Registry("attacks", __name__, "benchmarks.reliability.attacks.base:Attack")
