"""Not a test: models with flows before and after training, what their flows meet, what these do.

KERAS_BACKEND=torch python -m tests.flows.flow_training FOLDER

Fills FOLDER with what `flow_outputs` reads, and adds its arrays as BACKEND.npz.
"""

import json
import os
import pathlib
import random
import sys
from unittest import mock

import numpy as np
from keras import ops

from data.load import load_splits
from hvae.configuration.settings import to_dict
from hvae.latents.latent_block import LatentBlock
from hvae.model import HVAE
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.backend_outputs import write_weights
from tests.conftest import normal_noise, tiny_config
from tests.flows.flow_outputs import models_of, outputs_of
from tests.flows.harness import random_latents

UPDATES, BATCH_SIZE = 20, 4
FLOWS = {
    "sylvester": {"num_flows": 1, "flow_in_ch": 2, "num_ortho_vecs": 4},
    "conv_sylvester": {
        "num_flows": 1,
        "convsylv_channels": 4,
        "convsylv_stage_limit": (1, 1, 2, 1, 1),
    },
}
SIZES = (16, 8, 4, 2, 1)
#: Inputs of a flow: so many random ones, up to ±30, and so many samples of the posterior.
RANDOM, DRAWN = 16, 4


def flow_config(name):
    return tiny_config(
        image_size=(16, 16),
        num_scales=len(SIZES),
        stage_in_width=4,
        enc_middle_width=4,
        dec_middle_width=4,
        z_width=(1, 1, 2, 2, 2),
        enc_num_blocks=0,
        output_blocks=0,
        z_out_width=4,
        flow_type=name,
        **FLOWS[name],
    )


def train(model, images):
    # Few updates, but large ones from the start.
    config = TrainingConfig(
        batch_size=BATCH_SIZE, epochs=1, learning_rate=0.1, lr_warmup_epochs=0, use_ema=False
    )
    trainer = Trainer(model, config, UPDATES, jit=False)
    rng = np.random.default_rng(0)
    for _ in range(UPDATES):
        result = trainer.train_batch(images[rng.integers(len(images), size=BATCH_SIZE)])
        assert not result.skipped


def given_to_blocks(model, images):
    """Samples of the posterior, state and activation of each block, for these images."""
    draw, found = LatentBlock._draw, []

    def recorded(block, q, p, noise, state, activation):
        given = (q.sample(noise), state, activation)
        found.append(tuple(ops.convert_to_numpy(value) for value in given))
        return draw(block, q, p, noise, state, activation)

    with mock.patch.object(LatentBlock, "_draw", recorded):
        model(images, normal_noise(model.noise_shapes(len(images))))
    return found


def main(folder):
    folder = pathlib.Path(folder)
    images = np.kron(load_splits("digits").train, np.ones((1, 2, 2, 1), "uint8"))
    for name in FLOWS:
        random.seed(0)  # from which weights are drawn
        model = HVAE(flow_config(name))
        (folder / f"{name}.json").write_text(json.dumps(to_dict(model.config)))
        write_weights(model, folder / f"{name}_initial.npz")
        train(model, images)
        write_weights(model, folder / f"{name}_trained.npz")
    inputs = {}
    for name, model in models_of(folder):
        given_to_all = given_to_blocks(model, images[: RANDOM + DRAWN])
        for scale, (drawn, state, activation) in zip(model.config.latent_scales, given_to_all):
            z = np.concatenate([random_latents(drawn.shape[1:], RANDOM), drawn[RANDOM:]])
            inputs[f"{name}/{scale}/z"] = z
            inputs[f"{name}/{scale}/features"] = np.concatenate([state, activation], axis=-1)
    np.savez(folder / "inputs.npz", **inputs)
    np.savez(folder / f"{os.environ['KERAS_BACKEND']}.npz", **outputs_of(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
