"""Weights of github.com/NVlabs/NVAE."""

import argparse

from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.published.base import Codebase, PublishedWeights
from hvae.published.nvlabs_nvae.experiment import nvlabs_nvae_experiment
from hvae.published.nvlabs_nvae.hyperparameters import nvlabs_nvae_config
from hvae.published.nvlabs_nvae.normalized_weights import NormalizedWeights
from hvae.published.nvlabs_nvae.places import assign_places
from hvae.published.state_dict import build_from
from hvae.published.weight_files import read_weight_file, state_dicts_of


class NVlabsNVAE(Codebase):
    """Weights of github.com/NVlabs/NVAE."""

    FAMILY = "nvae"

    def load(self, path):
        # Its checkpoints hold the command line, in a class that only has attributes.
        contents = read_weight_file(path, allowed=[argparse.Namespace])
        args = contents.get("args")
        hparams = vars(args) if isinstance(args, argparse.Namespace) else None
        return PublishedWeights(state_dicts_of(contents), hparams)

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else nvlabs_nvae_config(hparams)
        return build_from(NormalizedWeights(state_dict), config, assign_places)

    def experiment(self, hparams):
        if hparams is None:
            raise UserError("config: must be given, the file has no args in it")
        return nvlabs_nvae_experiment(hparams)
