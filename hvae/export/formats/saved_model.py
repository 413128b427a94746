"""TensorFlow's SavedModel, as Keras writes it."""

import keras
import numpy as np

from hvae.export.formats.base import Format


class SavedModelFormat(Format):
    """A folder `PART`, for TensorFlow Serving and whatever reads SavedModels."""

    packages = ()

    def write(self, program, folder, calibration=None):
        program.export(folder / program.part.name, "tf_saved_model")

    def load(self, folder, part):
        layer = keras.layers.TFSMLayer(folder / part, call_endpoint="serve")

        def run(inputs):
            return {name: np.asarray(values) for name, values in layer(inputs).items()}

        return run
