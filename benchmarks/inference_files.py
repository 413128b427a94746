"""What the engines of `benchmarks.inference` run, in one folder.

    python -m benchmarks.inference_files FOLDER

Run under TensorFlow; the folder holds `config.json`, the `ModelConfig`.
"""

import json
import pathlib
import random
import sys

import numpy as np

PARTS = ("generate", "reconstruct")
BATCHES = (1, 16)
_CALIBRATION_IMAGES = 32
_SEED = 0


class InferenceFiles:
    """Weights, inputs and exports of one model.

    Args:
        folder: where they are.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def export(self, precision, batch):
        """Folder of an export."""
        return self.folder / f"{precision}_{batch}"

    def inputs(self, part, batch):
        """Inputs of a part by name."""
        with np.load(self.folder / f"{part}.npz") as arrays:
            return {name: arrays[name][:batch] for name in arrays.files}

    def load_model(self):
        """The model, under the Keras backend in use."""
        model = self._new_model()
        model.load_weights(self._weights)
        return model

    def write(self, precisions):
        """Make all but `config.json`.

        Args:
            precisions: of the exports.
        """

        from hvae.export.exporter import Exporter
        from hvae.export.parts import PARTS

        random.seed(_SEED)
        model = self._new_model()
        _randomize(model, np.random.default_rng(_SEED))
        model.save_weights(self._weights)
        config = model.config
        shape = (_CALIBRATION_IMAGES, *config.image_size, config.image_channels)
        images = np.random.default_rng(_SEED).integers(0, config.levels, shape).astype("uint8")
        for part in PARTS:
            inputs = PARTS[part](model).typical_inputs(images[: max(BATCHES)], _SEED)
            np.savez(self.folder / f"{part}.npz", **inputs)
        for precision in precisions:
            for batch in BATCHES:
                # An untrained model has nothing to lose: here only its speed counts.
                exporter = Exporter(
                    model, precision=precision, batch=batch, max_bits_lost=float("inf")
                )
                folder = self.export(precision, batch)
                exporter(folder, images[: max(BATCHES)], parts=PARTS, calibration=images)

    @property
    def _weights(self):
        return self.folder / "model.weights.h5"

    def _new_model(self):
        from hvae.config import ModelConfig
        from hvae.model import HVAE

        values = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        return HVAE(ModelConfig.from_dict(values))


def _randomize(model, rng):
    """Moves all weights a little: what is zero at the start could be folded away."""
    for variable in model.trainable_variables:
        value = np.asarray(variable)
        fan_in = np.prod(value.shape[:-1]) if value.ndim > 1 else 1000
        noise = rng.normal(scale=0.1 / np.sqrt(max(1, fan_in)), size=value.shape)
        variable.assign(value + noise.astype(value.dtype))


def main():
    from utils.command_line.environment import set_environment

    set_environment("tensorflow", "none")
    folder, *precisions = sys.argv[1:]
    InferenceFiles(folder).write(precisions)


if __name__ == "__main__":
    main()
