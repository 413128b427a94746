"""Save a run so that it can be used, and gone on with."""

import pathlib
import shutil

import keras
import numpy as np

from hvae.errors import UserError
from hvae.files.atomic import replacing
from hvae.files.run_files import RESUME, weights_file
from hvae.training.progress import Progress


class Checkpoint:
    """The weights and the state for `--resume` in a run's folder.

    Args:
        folder: the run's folder.
        trainer: a `Trainer`.
    """

    def __init__(self, folder, trainer):
        self.folder = pathlib.Path(folder)
        self.trainer = trainer

    def save_weights(self, is_best):
        """Write averaged and raw weights as the latest, and as the best if they are."""
        with self.trainer.averaged_weights():
            self._save_model("ema", is_best)
        self._save_model("raw", is_best)

    def save_state(self, progress):
        """Write everything that training goes on from, in one file."""
        arrays = {f"variable/{i}": np.asarray(v) for i, v in enumerate(self._values())}
        with replacing(self.folder / RESUME) as path:
            np.savez(
                path,
                progress=progress.to_json(),
                updates_done=self.trainer.updates_done,
                updates_per_epoch=self.trainer.updates_per_epoch,
                **arrays,
            )

    def restore(self):
        """Take up the state where `save_state` left it.

        Returns:
            The `Progress`.

        Raises:
            UserError: if the file is damaged, or belongs to another configuration.
        """
        path = self.folder / RESUME
        variables = self._variables()
        try:
            with np.load(path, allow_pickle=False) as arrays:
                progress = Progress.from_json(str(arrays["progress"]))
                updates_done = int(arrays["updates_done"])
                updates_per_epoch = int(arrays["updates_per_epoch"])
                values = [arrays[f"variable/{i}"] for i in range(len(variables))]
                count = len(arrays.files) - 3
        except Exception as error:
            reason = " ".join(str(error).split())
            raise UserError(
                f"{path} is damaged ({reason[:200]}); start again with --reset"
            ) from error
        shapes = [tuple(value.shape) for value in values]
        if count != len(variables) or shapes != [tuple(v.shape) for v in variables]:
            raise UserError(f"{path} belongs to another model or optimizer")
        if updates_per_epoch != self.trainer.updates_per_epoch:
            raise UserError(
                f"{path} belongs to other data: an epoch had {updates_per_epoch} updates, "
                f"now it has {self.trainer.updates_per_epoch}"
            )
        for variable, value in zip(variables, values):
            variable.assign(value)
        self.trainer.updates_done = updates_done
        return progress

    def _save_model(self, kind, is_best):
        latest = self.folder / weights_file("latest", kind)
        with replacing(latest) as path:
            self.trainer.model.save_weights(path)
        if is_best:
            # A copy: writing a model's layers one by one takes a hundred times as long.
            with replacing(self.folder / weights_file("best", kind)) as path:
                shutil.copyfile(latest, path)

    def _variables(self):
        return [*self.trainer.model.layer_variables, *self.trainer.state]

    def _values(self):
        return [keras.ops.convert_to_numpy(variable) for variable in self._variables()]
