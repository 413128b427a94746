"""Engines that train with this package, as `main.py` does."""

from benchmarks.training.engines import _gpu
from benchmarks.training.engines.base import TrainingEngine


class HVAEEngine(TrainingEngine):
    """The one place where the benchmark touches our trainer."""

    def load(self):
        from utils.command_line.environment import set_environment
        from utils.command_line.keras_import import import_keras
        from utils.command_line.quiet import native_messages_hidden

        set_environment(self.run.backend, self.run.gpu)
        with native_messages_hidden():
            # All that main.py imports: it is part of the start.
            import_keras()
            import utils.runs.train  # noqa: F401

    def build(self):
        import random

        from hvae.model import HVAE
        from hvae.training.backends.backend import training_backend
        from hvae.training.trainer import Trainer

        random.seed(self.training.seed)
        model = HVAE(self.config, dtype=self.run.dtype)
        jit = training_backend().uses_compiler(self.run.jit)
        self.trainer = Trainer(
            model, self.training, self.updates_per_epoch, jit, remat=self.run.remat
        )
        return model.count_params()

    def update(self, images):
        import keras

        result = self.trainer.train_batch(images)
        # Waits for the update, should it still run.
        keras.ops.convert_to_numpy(result.gradient_norm)

    def reckon(self):
        """Bytes that the process holds in an update, as `main.py` says before it makes one.

        `None` where the backend does not say.
        """
        from hvae.checks.memory import resident_bytes

        needed = self.trainer.memory_of_update()
        return None if needed is None else needed + resident_bytes()

    def peak_gpu_bytes(self):
        return _gpu.peak_bytes(self.run.backend)

    def evaluate(self, images):
        """Score images as validation does."""
        import numpy as np

        from hvae.inference.evaluation.evaluator import Evaluator

        evaluator = Evaluator(self.trainer.model, self.training.evaluation_batch_size)
        evaluator(np.asarray(images))
