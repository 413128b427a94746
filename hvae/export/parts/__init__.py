"""What can be exported of a model: one part a file, found by it."""

from hvae.registry.registry import Registry

#: Classes of a model, by the values of `parts`.
PARTS = Registry("parts", __name__, "hvae.export.parts.base:Part")
