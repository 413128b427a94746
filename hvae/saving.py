"""Write a model as one file."""

import os
import pathlib
from typing import TYPE_CHECKING

from hvae.errors import UserError
from hvae.files.atomic import replacing

if TYPE_CHECKING:
    # Importing it chooses the backend.
    from hvae.model import HVAE


def save_model(model: "HVAE", path: str | os.PathLike) -> None:
    """Write a whole model, configuration and weights, as a `.keras` file.

    `hvae.load_model(path)` makes the same model of it, under every backend, and so does
    `keras.saving.load_model(path)` once `HVAE` was imported: to import the class registers it.
    The dtype policy, the state of dropout and, of a compiled model, the optimizer are kept; what
    only `main.py` needs (moving average, schedules) stays in the run's folder.

    Args:
        model: an `HVAE`.
        path: the file, in a folder that is there; an older one is replaced.

    Raises:
        UserError: if `model` is something else, `path` does not end in `.keras`, or the file
            cannot be written; an older one stays then.

    Example:
        >>> hvae.save_model(hvae.load_model("runs/demo"), "demo.keras")
        >>> model = hvae.load_model("demo.keras")
    """
    from hvae.model import HVAE

    path = pathlib.Path(path)
    if not isinstance(model, HVAE):
        raise UserError(f"model: must be an HVAE. Received: {type(model).__name__}")
    if path.suffix != ".keras":
        raise UserError(f"path: must end in .keras. Received: {path}")
    with replacing(path) as temporary:
        model.save(temporary)
