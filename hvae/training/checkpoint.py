"""Save a run so that it can be used, and gone on with."""

import json
import pathlib
import shutil

import keras
import numpy as np

from hvae.errors import UserError
from hvae.files.atomic import replacing
from hvae.files.run_files import weights_file
from hvae.files.states import no_state_advice, read_state, set_aside, state_files, write_state
from hvae.files.weights import save_weights
from hvae.training.progress import Progress

_VARIABLE = "variable/"


class Checkpoint:
    """The weights and the state for `--resume` in a run's folder.

    Args:
        folder: the run's folder.
        trainer: a `Trainer`.
        keep: how many states there may be, the newest.
        config: names and values that training has, for whoever goes on with it.
    """

    def __init__(self, folder, trainer, keep=2, config=None):
        self.folder = pathlib.Path(folder)
        self.trainer = trainer
        self.keep = keep
        self.config = config or {}

    def save_weights(self, is_best):
        """Write averaged and raw weights as the latest, and as the best if they are."""
        with self.trainer.averaged_weights():
            self._save_model("ema", is_best)
        self._save_model("raw", is_best)

    def save_state(self, progress, folder=None):
        """Write everything that training goes on from, in one file.

        Args:
            progress: a `Progress`.
            folder: where to, if not into the run's folder.
        """
        arrays = {f"{_VARIABLE}{i}": np.asarray(v) for i, v in enumerate(self._values())}
        arrays |= {
            **progress.to_arrays(),
            "updates_done": np.array(self.trainer.updates_done),
            "updates_per_epoch": np.array(self.trainer.updates_per_epoch),
            "config": np.array(json.dumps(self.config)),
        }
        write_state(folder or self.folder, self.trainer.updates_done, arrays, self.keep)

    def restore(self, say=lambda line: None):
        """Take up the newest state that is whole. Damaged ones are set aside.

        Args:
            say: what is called with a line of text for each that is damaged.

        Returns:
            The `Progress`.

        Raises:
            UserError: if no state is whole, or it belongs to another configuration.
        """
        damaged = []
        for path in state_files(self.folder):
            try:
                state = read_state(path)
                progress = Progress.from_arrays(state)
                updates_done = int(state["updates_done"])
                updates_per_epoch = int(state["updates_per_epoch"])
            except Exception as error:  # what a damaged file makes of its reader is anything
                damaged.append((path, " ".join(str(error).split())[:200]))
                continue
            self._take(path, state, updates_per_epoch)
            self.trainer.updates_done = updates_done
            for other, reason in damaged:
                say(f"{other} is damaged ({reason}); kept as {set_aside(other).name}")
            if damaged:
                say(f"going on from {path}, the newest that is whole")
            return progress
        named = ", ".join(f"{path.name} is damaged ({reason})" for path, reason in damaged)
        raise UserError(
            f"{self.folder}: {named or 'there is no state'}; {no_state_advice(self.folder)}"
        )

    def _take(self, path, state, updates_per_epoch):
        """Give the variables the values of a state."""
        variables = self._variables()
        values = [state.get(f"{_VARIABLE}{i}") for i in range(len(variables))]
        count = sum(name.startswith(_VARIABLE) for name in state)
        shapes = [np.shape(value) for value in values]
        if count != len(variables) or shapes != [tuple(v.shape) for v in variables]:
            raise UserError(f"{path} belongs to another model or optimizer")
        if updates_per_epoch != self.trainer.updates_per_epoch:
            raise UserError(
                f"{path} belongs to other data: an epoch had {updates_per_epoch} updates, "
                f"now it has {self.trainer.updates_per_epoch}"
            )
        for variable, value in zip(variables, values):
            variable.assign(value)

    def _save_model(self, kind, is_best):
        latest = self.folder / weights_file("latest", kind)
        save_weights(self.trainer.model, latest)
        if is_best:
            # A copy: writing a model's layers one by one takes a hundred times as long.
            with replacing(self.folder / weights_file("best", kind)) as path:
                shutil.copyfile(latest, path)

    def _variables(self):
        return [*self.trainer.model.layer_variables, *self.trainer.state]

    def _values(self):
        return [keras.ops.convert_to_numpy(variable) for variable in self._variables()]
