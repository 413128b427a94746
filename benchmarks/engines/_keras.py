"""Engines that run the model under a Keras backend."""

from benchmarks.engines.base import Engine


class KerasEngine(Engine):
    """Has the model, with its weights."""

    def __init__(self, files):
        super().__init__(files)
        self.model = files.load_model()

    def function(self, part):
        """What is exported of a part: a function from tensors by name to tensors by name."""
        from hvae.export.parts import PARTS
        from hvae.export.program import Program

        return Program(PARTS[part](self.model), batch=None).call
