"""What models give under the backend of a process, in the process itself or in one of its own.

KERAS_BACKEND=jax python -m tests.backend_outputs KIND FOLDER [KIND FOLDER ...]
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
from unittest import mock

import keras
import numpy as np

from hvae.config import ModelConfig
from hvae.configuration.settings import to_dict
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.inference.generation.generator import Generator
from hvae.inference.latents.reconstructor import Reconstructor
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.model import HVAE
from tests.conftest import normal_noise, random_images

WEIGHTS = "weights.npz"


def one_pass(model):
    """The terms of the ELBO and the likelihood's parameters, of five images."""
    images, noise = random_images(model.config, 5), normal_noise(model.noise_shapes(5))

    def score(inputs):
        output = model(*inputs)  # once: a model called for each term is compiled for each
        return {name: getattr(output, name) for name in ("elbo", "nll", "kl", "parameters")}

    return CompiledFunction(model, score).run((images, noise))


def all_of_inference(model):
    """What evaluation, encoding, decoding, reconstruction and generation give, of five images."""
    images = random_images(model.config, 5)
    evaluation = Evaluator(model, batch_size=4)(images, num_samples=2)
    reconstructor = Reconstructor(model)
    reconstruction = reconstructor(images)
    latents = reconstructor.encoder(images)
    parameters = reconstructor.decoder.parameters(latents.z, None, latents.numbers)
    return {
        "nll": evaluation.nll,
        "kl": evaluation.kl,
        **{f"kl_of_units_{i}": kl for i, kl in enumerate(evaluation.kl_of_units)},
        **{f"mean_{i}": mean for i, mean in enumerate(latents.mean)},
        **{f"std_{i}": std for i, std in enumerate(latents.std)},
        **{f"z_{i}": z for i, z in enumerate(latents.z)},
        "parameters": parameters,
        "reconstructed": reconstruction.images,
        "reconstructed_nll": reconstruction.nll,
        "generated": Generator(model)(3, temperature=0.7, seed=1),
    }


def predicted(model):
    """What `predict` gives, with noise that is the same under every backend."""
    noise = normal_noise(model.noise_shapes(5))
    with mock.patch.object(model, "draw_noise", lambda batch_size: noise), untraced():
        output = model.predict(random_images(model.config, 5), verbose=0)
    return {str(i): array for i, array in enumerate(keras.tree.flatten(output))}


@contextlib.contextmanager
def untraced():
    """TensorFlow runs in here without graphs: to trace a tiny model takes longer than to run it."""
    if keras.config.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


KINDS = {function.__name__: function for function in (one_pass, all_of_inference, predicted)}


def save(model, folder):
    """Put configuration and weights into a new folder."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(to_dict(model.config)))
    write_weights(model, folder / WEIGHTS)


def load(folder):
    """The model that was saved."""
    model = HVAE(ModelConfig.from_dict(json.loads((folder / "config.json").read_text())))
    read_weights(model, folder / WEIGHTS)
    return model


def write_weights(model, path):
    """As arrays: Keras's format takes longer to read than a tiny model to run."""
    np.savez(path, *model.get_weights())


def read_weights(model, path):
    """What `write_weights` has written."""
    with np.load(path) as weights:
        model.set_weights(list(weights.values()))


def outputs_under(backend, *kinds_and_folders):
    """Outputs of all models saved in subfolders, from one process of another backend.

    Args:
        backend: its name.
        kinds_and_folders: a kind, and the folder with the models of which it is asked; or several.

    Returns:
        `{name of the subfolder: {name: array}}`.
    """
    kinds, folders = kinds_and_folders[::2], kinds_and_folders[1::2]
    arguments = [text for kind, at in zip(kinds, folders) for text in (kind.__name__, at)]
    run_under(backend, "tests.backend_outputs", *arguments)
    return {name: found for at in folders for name, found in _results(backend, at).items()}


def outputs_of_module(backend, folder, module, *arguments):
    """The same, of any module that takes the folder as its last argument."""
    run_under(backend, module, *arguments, folder)
    return _results(backend, folder)


def run_under(backend, module, *arguments):
    """Run a module in a process of another backend, to its end."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def _results(backend, folder):
    return {path.parent.name: np.load(path) for path in folder.glob(f"*/{backend}.npz")}


def assert_same(result, expected):
    """Up to 1e-5 of the largest of each array."""
    assert set(result) == set(expected)
    for name, values in expected.items():
        if values.dtype.kind in "iu":
            # Images: rounding to levels may fall differently in a pixel in thousands.
            assert (result[name] != values).mean() < 0.01, name
            continue
        assert np.isfinite(values).all(), name
        assert np.abs(result[name] - values).max() <= 1e-5 * np.abs(values).max(), name


def main(*kinds_and_folders):
    for kind, folder in zip(kinds_and_folders[::2], kinds_and_folders[1::2]):
        for path in sorted(pathlib.Path(folder).glob("*/config.json")):
            print(path.parent.name, file=sys.stderr)
            with untraced():
                outputs = KINDS[kind](load(path.parent))
            np.savez(path.with_name(f"{os.environ['KERAS_BACKEND']}.npz"), **outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
