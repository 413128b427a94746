"""What `.keras` files give in a process that imports nothing for them but hvae and keras.

KERAS_BACKEND=jax python -m tests.loaded_outputs FIRST SECOND FOLDER
"""

import importlib
import os
import pathlib
import sys
import warnings

import numpy as np


def main(first, second, folder):
    importlib.import_module(first)
    importlib.import_module(second)
    assert "hvae.model" not in sys.modules
    import keras

    paths = sorted(pathlib.Path(folder).glob("*/*.keras"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        models = {path: keras.saving.load_model(path) for path in paths}

    # Not before: it imports hvae.model.
    from tests.backend_outputs import one_pass, untraced

    for path, model in models.items():
        with untraced():
            outputs = one_pass(model)
        np.savez(path.with_name(f"{os.environ['KERAS_BACKEND']}.npz"), **outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
