"""What other codebases have published, read into ours: one folder each, found by it.

    weight_files        reads their files of tensors; flax_file those of flax
    state_dict          puts tensors into a model, each of them once

and in each folder

    hyperparameters     theirs as a configuration of ours
    tensors             the place of every tensor of theirs in a model of ours
    *_file, *_strings   the formats of their configurations

Nothing here imports keras before weights are read.
"""

from hvae.registry.registry import Registry

#: By name.
CODEBASES = Registry("codebase", __name__, "hvae.published.base:Codebase", module="tensors")
