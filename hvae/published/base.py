"""What a codebase whose weights are read has to provide."""

import abc


class Codebase(abc.ABC):
    """Weights that another codebase has published, read into a model of ours."""

    @abc.abstractmethod
    def read(self, state_dict, hparams):
        """A model with the weights of that codebase.

        Args:
            state_dict: names and arrays, in PyTorch's layout.
            hparams: that codebase's hyper-parameters, or a `ModelConfig` of such a model.

        Returns:
            An `HVAE`.

        Raises:
            UserError: if a tensor is missing, unused or misshapen; it is named.
        """
