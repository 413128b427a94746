"""Not a test: what the flows of two models do under the backend of the process, as `.npz`.

KERAS_BACKEND=jax python -m tests.flows.flow_outputs FOLDER OUT.npz [--with_kl]

FOLDER holds NAME.json, a model's configuration, and its weights at each stage of training,
NAME_STAGE.weights.h5. An array is named NAME/STAGE/HEIGHTxWIDTH/QUANTITY; the KL is that
of trained flows.
"""

import json
import pathlib
import sys
from unittest import mock

import numpy as np
from keras import ops

from hvae.config import ModelConfig
from hvae.latents.latent_block import LatentBlock
from hvae.model import HVAE
from tests.conftest import normal_noise
from tests.flows.harness import log_dets, random_latents

STAGES = ("initial", "trained")
SAMPLES = 4096
#: Inputs of a flow: so many random ones, up to ±30, and so many samples of the posterior.
RANDOM, DRAWN = 16, 4


def main(folder, out_path, with_kl):
    folder, results = pathlib.Path(folder), {}
    images = np.load(folder / "images.npy")[: RANDOM + DRAWN]
    for path in sorted(folder.glob("*.json")):
        model = HVAE(ModelConfig.from_dict(json.loads(path.read_text())))
        for stage in STAGES:
            model.load_weights(folder / f"{path.stem}_{stage}.weights.h5")
            for block, drawn, state, activation in given_to_blocks(model, images):
                shape = drawn.shape[1:]
                values = measure(block, drawn, state, activation)
                if with_kl and stage == "trained":
                    values |= sampled_kl(block, state[:1], activation[:1], shape)
                for name, value in values.items():
                    results[f"{path.stem}/{stage}/{shape[0]}x{shape[1]}/{name}"] = value
    np.savez(out_path, **results)


def given_to_blocks(model, images):
    """Each block with its posterior's samples, states and activations for these images."""
    draw, found = LatentBlock._draw, []

    def recorded(block, q, p, noise, state, activation):
        given = (q.sample(noise), state, activation)
        found.append((block, *(ops.convert_to_numpy(value) for value in given)))
        return draw(block, q, p, noise, state, activation)

    with mock.patch.object(LatentBlock, "_draw", recorded):
        model(images, normal_noise(model.noise_shapes(len(images))))
    return found


def measure(block, drawn, state, activation):
    """Determinants, the error of the inverse, and how far latents are moved, `(batch,)` each."""
    flow, context = block.flow, None
    if block.flow_context is not None:
        context = ops.convert_to_numpy(
            block.flow_context(np.concatenate([state, activation], axis=-1))
        )
    z = np.concatenate([random_latents(drawn.shape[1:], RANDOM), drawn[RANDOM:]])
    there, log_det = (ops.convert_to_numpy(value) for value in flow(z, context=context))
    back = ops.convert_to_numpy(flow.inverse(there, context=context))
    largest = np.maximum(1.0, np.abs(z).max(axis=(1, 2, 3)))
    return {
        "log_det": log_det,
        "expected_log_det": log_dets(flow, z, context),
        "inverse_error": np.abs(back - z).max(axis=(1, 2, 3)) / largest,
        "change": np.abs(there - z).max(axis=(1, 2, 3)),
    }


def sampled_kl(block, state, activation, shape, at_once=512):
    """`kl` and `log_ratio` of one image, `(SAMPLES,)` each."""
    rng = np.random.default_rng(2)
    state, activation = (np.repeat(value, at_once, axis=0) for value in (state, activation))
    sums = {"kl": [], "log_ratio": []}
    for _ in range(SAMPLES // at_once):
        noise = rng.standard_normal((at_once, *shape)).astype("float32")
        output = block(state, noise, activation=activation)
        for name, values in sums.items():
            value = ops.convert_to_numpy(getattr(output, name))
            values.append(value.sum(axis=(1, 2, 3), dtype="float64"))
    return {name: np.concatenate(values) for name, values in sums.items()}


if __name__ == "__main__":
    main(*sys.argv[1:3], with_kl="--with_kl" in sys.argv)
