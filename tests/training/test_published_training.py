"""Training with published settings follows the published code's own training."""

import json

import keras
import numpy as np
import pytest

from hvae.published.openai_vdvae.tensors import OpenAIVDVAE
from hvae.training.config import TrainingConfig

# By default, skipping would start only after two epochs: after the last update.
UPDATES_PER_EPOCH = 20


@pytest.fixture(scope="module")
def published(golden):
    """36 updates of openai/vdvae: two are skipped, most are clipped, 20 warm up."""
    return golden("openai_vdvae_training.npz")


def part(d, prefix):
    return {k.removeprefix(prefix): d[k] for k in d.files if k.startswith(prefix)}


def training_config(d):
    settings = json.loads(str(d["optimizer_json"]))
    return TrainingConfig(
        batch_size=len(d["images"][0]),
        optimizer=settings["optimizer"],
        scheduler="none",
        learning_rate=settings["lr"],
        lr_warmup_epochs=settings["warmup_updates"] / UPDATES_PER_EPOCH,
        lr_warmup_from_zero=True,
        adam_beta1=settings["betas"][0],
        adam_beta2=settings["betas"][1],
        adam_epsilon=settings["eps"],
        weight_decay=settings["weight_decay"],
        ema_decay=settings["ema_rate"],
        ema_ramp=False,
        gradient_clipnorm=settings["clip_norm"],
        gradient_skipnorm=settings["skip_threshold"],
        gradient_skip_start=0,
    )


@pytest.fixture(scope="module")
def trained(published):
    """The trainer after these updates, and what each of them reported."""
    from hvae.training.trainer import Trainer

    d = published
    hparams = json.loads(str(d["hparams_json"]))
    model = OpenAIVDVAE().read(part(d, "start/"), hparams)
    noise = list(part(d, "noise/").values())
    held = [keras.Variable(values[0]) for values in noise]
    trainer = Trainer(model, training_config(d), UPDATES_PER_EPOCH, jit=False)
    trainer._draw_noise = lambda: tuple(variable.value for variable in held)
    results = []
    for i, images in enumerate(d["images"]):
        for variable, values in zip(held, noise):
            variable.assign(values[i])
        results.append(trainer.train_batch(images))
    return trainer, results


def test_losses_norms_and_skips_are_those_of_every_update(published, trained):
    trainer, results = trained
    dims = trainer.model.config.num_dims
    losses = [(r.nll + r.kl.sum()) / dims for r in results]
    np.testing.assert_allclose(losses, published["loss_nats_per_dim"], rtol=1e-5)
    norms = [r.gradient_norm for r in results]
    np.testing.assert_allclose(norms, published["gradient_norm"], rtol=1e-3)
    assert [bool(r.skipped) for r in results] == published["skipped"].tolist()


@pytest.mark.parametrize("kind", ["end", "end_ema"])
def test_weights_and_averages_are_those_of_the_end(kind, published, trained):
    trainer, _ = trained
    hparams = json.loads(str(published["hparams_json"]))
    expected = OpenAIVDVAE().read(part(published, f"{kind}/"), hparams).trainable_variables
    values = trainer.variables if kind == "end" else trainer.update.averages
    for value, variable in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, variable, atol=1e-4, err_msg=variable.path)
