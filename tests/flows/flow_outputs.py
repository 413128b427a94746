"""Not a test: what the flows of two models do under the backend of the process, as `.npz`.

KERAS_BACKEND=jax python -m tests.flows.flow_outputs FOLDER OUT.npz

FOLDER holds NAME.json, a model's configuration, the arrays of its weights at each stage of
training, NAME_STAGE.npz, and inputs.npz. Arrays are named NAME/STAGE/HEIGHTxWIDTH/QUANTITY.
"""

import functools
import json
import pathlib
import sys

import numpy as np

from hvae.config import ModelConfig
from hvae.model import HVAE
from tests.backend_outputs import read_weights
from tests.flows.harness import both_ways

STAGES = ("initial", "trained")


def main(folder, out_path):
    np.savez(out_path, **outputs_of(pathlib.Path(folder)))


def outputs_of(folder):
    """Determinants, the error of the inverse, and how far latents are moved, `(batch,)` each."""
    inputs, results = np.load(folder / "inputs.npz"), {}
    for prefix, flow, flow_context in flows_of(folder):
        z, features = inputs[f"{prefix}/z"], inputs[f"{prefix}/features"]
        context = None if flow_context is None else flow_context(features)
        there, back = both_ways(flow, z, context)
        largest = np.maximum(1.0, np.abs(z).max(axis=(1, 2, 3)))
        results |= {
            f"{prefix}/log_det": there.log_det,
            f"{prefix}/inverse_log_det": back.log_det,
            f"{prefix}/inverse_error": np.abs(back.z - z).max(axis=(1, 2, 3)) / largest,
            f"{prefix}/change": np.abs(there.z - z).max(axis=(1, 2, 3)),
        }
    return results


def models_of(folder):
    """NAME/STAGE and model, of all."""
    for path in sorted(folder.glob("*.json")):
        model = _model_of(path)
        for stage in STAGES:
            read_weights(model, folder / f"{path.stem}_{stage}.npz")
            yield f"{path.stem}/{stage}", model


@functools.cache  # it gets other weights faster than it is made
def _model_of(path):
    return HVAE(ModelConfig.from_dict(json.loads(path.read_text())))


def flows_of(folder):
    """NAME/STAGE/HEIGHTxWIDTH, flow, and what makes its context of state and activation."""
    for name, model in models_of(folder):
        for scale, block in zip(model.config.latent_scales, model.decoder.blocks):
            yield f"{name}/{scale}", block.flow, block.flow_context


if __name__ == "__main__":
    main(*sys.argv[1:])
