"""States that training goes on from: the last few of a run, each in a file of its own.

`resume_UPDATES.npz` in the run's folder; runs of before had one, `resume.npz`. ZIP archives have a
checksum of every array, so that a damaged one is not taken for a state.
"""

import io
import json

import numpy as np

from hvae.files.atomic import write_bytes
from hvae.files.run_files import CONFIG, weights_file

#: What one state was called before there were several.
_ONLY_ONE = "resume.npz"


def state_file(updates):
    """File name of the state after `updates` updates."""
    return f"resume_{updates:08d}.npz"


def state_files(folder):
    """Paths of a run's states, the newest first."""
    found = sorted(folder.glob("resume_*.npz"), reverse=True)
    return [*found, *folder.glob(_ONLY_ONE)]


def write_state(folder, updates, arrays, keep):
    """Write a state whole, and delete those beyond the newest few.

    Args:
        folder: the run's folder.
        updates: how many updates had been made.
        arrays: by name.
        keep: how many states there may be.

    Raises:
        UserError: if it cannot be written; the others stay.
    """
    content = io.BytesIO()
    np.savez(content, **arrays)
    write_bytes(folder / state_file(updates), content.getbuffer())
    for path in state_files(folder)[keep:]:
        path.unlink(missing_ok=True)


def read_state(path):
    """All arrays of a state by name.

    Raises:
        Exception: of any kind, if the file is damaged.
    """
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def state_config(folder):
    """Names and values that the newest readable state was trained with; empty if none says."""
    for path in state_files(folder):
        try:
            with np.load(path, allow_pickle=False) as archive:
                return dict(json.loads(str(archive["config"])))
        except Exception:  # what a damaged file makes of its reader is anything
            continue
    return {}


def set_aside(path):
    """Rename a damaged state, so that it is no state any more; its new path."""
    return path.rename(path.with_name(f"{path.name}.damaged"))


def no_state_advice(folder):
    """What one can do with a run that has no state to go on from; nothing is lost by it."""
    if (folder / weights_file("best", "ema")).is_file():
        return f"its weights are there: --init_from {folder} --name NEW starts a run from them"
    return f"--config {folder / CONFIG} --name NEW starts it anew"
