"""The data sets, one file each."""

from hvae.registry.registry import Registry

#: By the values of `dataset`.
DATASETS = Registry("dataset", __name__, "data.sets.base:Dataset")

register_dataset = DATASETS.register
