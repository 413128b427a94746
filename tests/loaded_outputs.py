"""What `.keras` files give in a process of their own, read by hvae or by Keras itself.

KERAS_BACKEND=jax python -m tests.loaded_outputs hvae FOLDER
"""

import os
import pathlib
import sys
import warnings

import numpy as np


def main(reader, folder):
    if reader == "hvae":
        from hvae import load_model
    else:
        from keras.saving import load_model

        from hvae import HVAE  # noqa: F401
    paths = sorted(pathlib.Path(folder).glob("*/*.keras"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        models = {path: load_model(path) for path in paths}

    # Not before: it imports much of hvae.
    from tests.backend_outputs import one_pass, untraced

    for path, model in models.items():
        with untraced():
            outputs = one_pass(model)
        np.savez(path.with_name(f"{os.environ['KERAS_BACKEND']}.npz"), **outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
