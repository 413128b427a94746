"""What a codebase whose weights are read has to provide."""

import abc
from typing import Any, NamedTuple

from hvae.errors import UserError
from hvae.published.weight_files import read_state_dicts


class PublishedWeights(NamedTuple):
    """What a file of published weights holds."""

    #: Names and arrays by the kind of weights (`WEIGHTS`): one and the same object for all
    #: kinds where the file has one set.
    tensors: dict[str, dict[str, Any]]
    #: The codebase's hyper-parameters, where the file has them too.
    hparams: dict[str, Any] | None = None


class Codebase(abc.ABC):
    """Weights that another codebase has published, read into a model of ours."""

    #: The family of its models; empty if it has several.
    FAMILY = ""

    def load(self, path):
        """What a file holds, as `PublishedWeights`.

        Raises:
            UserError: if the file is missing, damaged, or none of this codebase.
        """
        return PublishedWeights(read_state_dicts(path))

    @abc.abstractmethod
    def read(self, state_dict, hparams):
        """A model with the weights of that codebase.

        Args:
            state_dict: names and arrays, as `load` gives them.
            hparams: that codebase's hyper-parameters, or a `ModelConfig` of such a model.

        Returns:
            An `HVAE`.

        Raises:
            UserError: if a tensor is missing, unused or misshapen; it is named.
        """

    def experiment(self, hparams):
        """Flat values of our configuration that hyper-parameters in a file stand for.

        Raises:
            UserError: if the codebase's files have none.
        """
        raise UserError("config: must be given, the file has no hyper-parameters in it")
