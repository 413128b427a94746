"""What an engine has to provide."""

import abc


class TrainingEngine(abc.ABC):
    """Trains a model its own way, on the CPU or a GPU; named like its file.

    Neither importing the file nor making the engine imports a backend: `load` does.

    Args:
        request: the `TrainingRequest` of the model's flags and the engine's.
    """

    #: How tables call it.
    label = ""
    #: Flags of `main.py` that it adds to those of the model.
    flags = ()
    #: Whether `profile` is there.
    can_profile = False
    #: Updates of an epoch, where a schedule counts epochs: the images are random.
    updates_per_epoch = 1000

    def __init__(self, request):
        self.run = request.experiment.run
        self.config = request.experiment.model
        self.training = request.experiment.training

    @staticmethod
    def supports(config):
        """Whether it can train the model of a `ModelConfig`."""
        return True

    @abc.abstractmethod
    def load(self):
        """Import all that it needs."""

    @abc.abstractmethod
    def build(self):
        """Make the model and what trains it.

        Returns:
            The number of parameters.
        """

    @abc.abstractmethod
    def update(self, images):
        """One update, which is done when this returns.

        Args:
            images: uint8, `(batch, height, width, channels)`.
        """

    def peak_gpu_bytes(self):
        """Most memory that its tensors have had on a GPU so far; `None` if they are on none."""
        return None

    def profile(self, images):
        """Where the time of one more update goes, after some others.

        Args:
            images: as in `update`.

        Returns:
            Seconds of the update, and a dictionary of those in it by name of the operation, as
            the engine's package calls it.
        """
        raise NotImplementedError
