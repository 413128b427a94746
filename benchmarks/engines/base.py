"""What an engine has to provide."""

import abc


class Engine(abc.ABC):
    """Runs the parts of a model its own way; named like its file.

    Importing the file imports no backend: making the engine does.

    Args:
        files: `InferenceFiles`.
    """

    #: How tables and charts call it.
    label = ""
    #: The Keras backend that it runs under; `None`: it needs no Keras.
    keras_backend = None
    #: Precision of the export that it runs, if it does.
    exported = None
    #: Environment variables that must be set before its packages are imported.
    environment = {}

    def __init__(self, files):
        self.files = files

    @abc.abstractmethod
    def compiled(self, part, batch):
        """The fastest reasonable way to run a part on batches of one size.

        Args:
            part: name of the part.
            batch: images of a batch.

        Returns:
            A function from NumPy arrays by name to NumPy arrays by name.
        """
