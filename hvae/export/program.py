"""A part of a model as a TensorFlow program with named inputs and outputs."""

import keras

from hvae.inference.running.compiled_function import CompiledFunction


class Program:
    """What is exported: a part, for batches of one size or any.

    Args:
        part: a `Part`.
        batch: images of a batch; `None` for any number.
        with_parameters: whether the likelihood's parameters are an output too, for parts
            that give images.
    """

    def __init__(self, part, batch, with_parameters=False):
        self.part = part
        self.batch = batch
        self.with_parameters = with_parameters

    @property
    def signature(self):
        """The inputs by name, as Keras describes them."""
        return {
            port.name: keras.InputSpec(
                shape=(self.batch, *port.shape), dtype=port.dtype, name=port.name
            )
            for port in self.part.inputs
        }

    def call(self, inputs):
        """Outputs by name."""
        outputs = self.part.call(inputs)
        if not self.with_parameters:
            outputs.pop("parameters", None)
        return outputs

    def export(self, path, format):
        """Write it as Keras writes models.

        Args:
            path: the file, or the SavedModel's folder.
            format: a format of `keras.Model.export`.
        """
        CompiledFunction(self.part.model, self.call).export(
            str(path), format=format, verbose=False, input_signature=[self.signature]
        )
