"""Not a test: prints what a model gives under the backend of the process, as `.npz`.

KERAS_BACKEND=jax python -m tests.backend_outputs CONFIG.json WEIGHTS OUT.npz
"""

import json
import sys

import numpy as np

from hvae.config import ModelConfig
from hvae.inference.compiled_function import CompiledFunction
from hvae.inference.evaluator import Evaluator
from hvae.inference.generator import Generator
from hvae.inference.reconstructor import Reconstructor
from hvae.model import HVAE
from hvae.settings import from_dict
from tests.conftest import normal_noise, random_images, randomize


def main(config_path, weights_path, out_path, write_weights):
    with open(config_path) as file:
        model = HVAE(from_dict(ModelConfig, json.load(file)))
    if write_weights:
        randomize(model, scale=0.15)
        model.save_weights(weights_path)
    else:
        model.load_weights(weights_path)
    images, noise = random_images(model.config, 5), normal_noise(model.noise_shapes(5))
    names = ("elbo", "nll", "kl", "parameters")
    score = CompiledFunction(model, lambda x: {name: getattr(model(*x), name) for name in names})
    results = score.run((images, noise))
    evaluation = Evaluator(model, batch_size=4)(images, num_samples=2)
    results |= {"evaluated_nll": evaluation.nll, "evaluated_kl": evaluation.kl}
    results |= {f"kl_of_units_{i}": kl for i, kl in enumerate(evaluation.kl_of_units)}
    results["generated"] = Generator(model)(3, temperature=0.7, seed=1)
    results["reconstructed"] = Reconstructor(model)(images)
    np.savez(out_path, **results)


if __name__ == "__main__":
    main(*sys.argv[1:4], write_weights="--write_weights" in sys.argv)
