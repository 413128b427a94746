"""Training under the backend of a process, in the process itself or in one of its own.

KERAS_BACKEND=jax python -m tests.trained_under FOLDER

Trains what `start` has put into the folder, and goes on with the run in its folder `run`.
"""

import os
import pathlib
import random
import sys

import keras
import numpy as np

from data.training_batches import TrainingBatches
from hvae.files.states import state_files
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.model import HVAE
from hvae.training.backends.backend import training_backend
from hvae.training.backends.devices import DevicesBase
from hvae.training.checkpoint import Checkpoint
from hvae.training.config import TrainingConfig
from hvae.training.fit import Fit
from hvae.training.progress import Progress
from hvae.training.trainer import Trainer
from tests.backend_outputs import run_under
from tests.conftest import nvae_config, one_block_config, random_images, randomize

BATCH, IMAGES, UPDATES, EPOCHS = 4, 12, 3, 4
SETTINGS = {"batch_size": BATCH, "epochs": EPOCHS, "noise": "host", "adam_epsilon": 1e-4}


def small_nvae(**changes):
    """A small model whose layers keep statistics from batch to batch."""
    return nvae_config(number_of_scales=1, num_blocks_prepost=0, **changes)


#: Models, and how they are trained.
CASES = {
    "batch norm": (small_nvae, {"regularization_constant": 0.1, "gradient_clipnorm": 0.5}),
    "pairs, parts, flow": (
        lambda: one_block_config(flow_type="iaf", num_flows=1),
        {"cr_vae": True, "batch_size_div": 2, "optimizer": "adamw", "gamma_max_steps": 2},
    ),
}


def start(folder):
    """Put the weights that training starts from into a new folder for each case."""
    for name, (config, _) in CASES.items():
        (folder / name).mkdir()
        random.seed(0)
        model = randomize(HVAE(config()), scale=0.2)
        model.save_weights(folder / name / "start.weights.h5")


def trained(name, folder):
    """Losses, gradient norms and all weights after a few updates of a case, by name."""
    config, settings = CASES[name]
    model = HVAE(config())
    model.load_weights(folder / name / "start.weights.h5")
    config = TrainingConfig(**SETTINGS | settings)
    backend = training_backend()
    trainer = Trainer(model, config, 10, backend.uses_compiler("auto"))
    images = random_images(model.config, config.data_batch_size)
    results = [trainer.train_batch(images) for _ in range(UPDATES)]
    return {
        "losses": np.array([[r.nll, r.kl.sum(), r.consistency] for r in results]),
        "norms": np.array([r.gradient_norm for r in results]),
        **{f"weight {i}": _array(v) for i, v in enumerate(model.weights)},
        "average": _array(trainer.update.average),
    }


class Run:
    """A run in a folder, on with it if it is there, one epoch at a time."""

    def __init__(self, folder, model_config=None, devices=None, **settings):
        folder.mkdir(exist_ok=True)
        devices = devices or DevicesBase(1)
        config = TrainingConfig(**SETTINGS | {"checkpoint_every": 1, **settings})
        random.seed(0)
        with devices.scope():
            self.model = HVAE(model_config or small_nvae())
        images = random_images(self.model.config, IMAGES)
        share = {"shard": devices.shard, "num_shards": devices.num_shards}
        batches = TrainingBatches(images, BATCH, config.seed, **share)
        jit = training_backend().uses_compiler("auto")
        with devices.scope():
            self.trainer = Trainer(self.model, config, len(batches), jit, devices=devices)
            self.checkpoint = Checkpoint(folder, self.trainer)
            is_there = bool(state_files(folder))
            self.progress = self.checkpoint.restore() if is_there else Progress()
        self.fit = Fit(
            self.trainer,
            batches,
            Evaluator(self.model, 4),
            random_images(self.model.config, 4, seed=1),
            self.progress,
            self.checkpoint if devices.is_main else None,
        )

    def train_epoch(self):
        """Train the next epoch, validate and save."""
        self.fit._train_epoch()
        self.fit._finish_epoch()
        return self

    def state(self):
        """All that training goes on from, arrays."""
        return [_array(v) for v in [*self.model.layer_variables, *self.trainer.state]]


def trained_under(backend, folder):
    """What `trained` gives for every case in a process of another backend; its run goes on too."""
    run_under(backend, "tests.trained_under", folder)
    return {name: np.load(folder / name / f"{backend}.npz") for name in CASES}


def _array(variable):
    return keras.ops.convert_to_numpy(variable)


def main(folder):
    folder, backend = pathlib.Path(folder), os.environ["KERAS_BACKEND"]
    for name in CASES:
        np.savez(folder / name / f"{backend}.npz", **trained(name, folder))
    Run(folder / "run").train_epoch()
    imported = "tensorflow" in sys.modules
    assert not imported, f"{backend} imports TensorFlow"


if __name__ == "__main__":
    main(sys.argv[1])
