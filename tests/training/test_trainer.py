"""Training with a real gradient: op by op, and what a graph could get wrong in TensorFlow's."""

import contextlib
import random

import keras
import numpy as np
import pytest
from keras import ops

from hvae.inference.evaluation.evaluator import Evaluator
from hvae.model import HVAE
from hvae.training.config import TrainingConfig
from hvae.training.loss.augmentation import Augmentation
from tests.backend_outputs import untraced
from tests.conftest import (
    normal_noise,
    one_block_config,
    random_images,
    randomize,
    read_published,
    tiny_config,
)
from tests.trained_under import small_nvae

BATCH = 12
CONFIG = one_block_config()


class FixedAugmentation(Augmentation):
    """The same transform at every update, or none."""

    def __init__(self, uniforms):
        super().__init__()
        self.uniforms = uniforms

    def __call__(self, images, uniforms):
        return super().__call__(images, ops.convert_to_tensor(self.uniforms))


#: What a graph could get wrong: a number that changes, and is a constant in it. And many updates,
#: which run faster there: to trace one takes as long as to run ten.
in_a_graph = pytest.mark.tensorflow

SAME = FixedAugmentation(np.full((BATCH // 2, Augmentation.num_uniforms), 0.5, "float32"))


def make(updates_per_epoch=10, model_config=None, jit=False, augmentation=None, **settings):
    from hvae.training.trainer import Trainer

    random.seed(0)
    model = HVAE(model_config or CONFIG)
    config = TrainingConfig(**{"batch_size": BATCH, "epochs": 5, "learning_rate": 0.01, **settings})
    return Trainer(model, config, updates_per_epoch, jit, augmentation)


def weights(trainer):
    return [np.array(v) for v in [*trainer.variables, *trainer.state]]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {"optimizer": "adamax", "gradient_clipnorm": 0.05, "weight_decay": 0.1},
            marks=in_a_graph,
        ),
        {"optimizer": "sgd", "scheduler": "exp"},
        {"cr_vae": True, "cr_lambda": 2.0, "cr_duplicate_noise": False},
    ],
)
def test_micro_batches_give_the_same_update(settings):
    whole, parts = (make(batch_size_div=d, **settings) for d in (1, 3))
    images = random_images(CONFIG, whole.config.data_batch_size)
    for _ in range(2):
        results = [t.train_batch(images) for t in (whole, parts)]
        np.testing.assert_allclose(results[0].nll, results[1].nll, rtol=1e-5)
        np.testing.assert_allclose(results[0].kl, results[1].kl, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(*(r.consistency for r in results), rtol=1e-4)
        np.testing.assert_allclose(*(r.gradient_norm for r in results), rtol=1e-5)
    for a, b in zip(weights(whole), weights(parts)):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(a).max())


def test_micro_batches_are_skipped_together():
    images = random_images(CONFIG, BATCH)
    for divide in (1, 3):
        trainer = make(updates_per_epoch=1, batch_size_div=divide, gradient_skipnorm=1e-6)
        skipped = [bool(trainer.train_batch(images).skipped) for _ in range(4)]
        # By norm only from epoch 3 on.
        assert skipped == [False, False, True, True]


@in_a_graph
def test_skipping_by_norm_starts_when_the_settings_say_so():
    images = random_images(CONFIG, BATCH)
    trainer = make(updates_per_epoch=2, gradient_skipnorm=1e-6, gradient_skip_start=0.5)
    assert [bool(trainer.train_batch(images).skipped) for _ in range(3)] == [False, True, True]


@pytest.mark.parametrize("divide", [pytest.param(1, marks=in_a_graph), 3])
def test_a_skipped_update_leaves_what_layers_keep(divide):
    skipping = {"gradient_skipnorm": 1e-6, "gradient_skip_start": 1, "updates_per_epoch": 1}
    settings = {"model_config": small_nvae(), "regularization_constant": 0.1, **skipping}
    trainer = make(batch_size_div=divide, **settings)
    images = random_images(trainer.model.config, BATCH)
    for skips in (False, True):
        before = [np.array(v) for v in trainer.layer_state]
        assert bool(trainer.train_batch(images).skipped) == skips
        same = [np.array_equal(a, np.array(b)) for a, b in zip(before, trainer.layer_state)]
        # Vectors of the singular values may have settled.
        assert all(same) if skips else np.mean(same) < 0.2


@in_a_graph
def test_the_kl_is_balanced_in_the_first_updates_only():
    # Weights that do not move: updates differ by their noise, and by what is balanced.
    # The KL, 100 times as heavy, is most of the gradient.
    settings = {"learning_rate": 1e-12, "weight_decay": 0.0, "use_ema": False, "beta": 100.0}
    norms = []
    for num_balanced, runs in ((0, untraced), (1, contextlib.nullcontext)):
        config = one_block_config(dec_num_blocks=(2,))
        trainer = make(model_config=config, gamma_max_steps=num_balanced, **settings)
        randomize(trainer.model)  # blocks with a KL, and unlike ones
        images = random_images(config, BATCH)
        with runs():
            norms.append([trainer.train_batch(images).gradient_norm for _ in range(2)])
    first, second = zip(*norms)
    assert first[1] != pytest.approx(first[0], rel=1e-3)
    assert second[1] == pytest.approx(second[0], rel=1e-5)


@in_a_graph
def test_the_step_is_traced_once():
    # The balance of the KL ends on the way.
    trainer = make(gamma_max_steps=3)
    calls = 0
    forward = trainer.model.call

    def counted(*args, **kwargs):
        nonlocal calls
        calls += 1
        return forward(*args, **kwargs)

    trainer.model.call = counted
    images = random_images(trainer.model.config, BATCH)
    for _ in range(25):  # into the third epoch, where the skip threshold changes
        trainer.train_batch(images)
    assert calls == 1


@in_a_graph
@pytest.mark.parametrize("cr_vae", [False, True])
def test_xla_gives_the_same_update(cr_vae):
    uniforms = np.random.default_rng(0).uniform(size=(BATCH // 2, Augmentation.num_uniforms))
    augmentation = FixedAugmentation(uniforms.astype("float32"))
    plain, xla = (make(jit=j, cr_vae=cr_vae, augmentation=augmentation) for j in (False, True))
    images = random_images(CONFIG, plain.config.data_batch_size)
    # XLA's random numbers are others.
    noise = normal_noise(plain.model.noise_shapes(BATCH))
    plain._draw_noise = xla._draw_noise = lambda: noise
    for _ in range(2):
        results = [t.train_batch(images) for t in (plain, xla)]
        np.testing.assert_allclose(results[0].nll, results[1].nll, rtol=1e-5)
        np.testing.assert_allclose(*(r.consistency for r in results), rtol=1e-4)
        np.testing.assert_allclose(*(r.gradient_norm for r in results), rtol=1e-4)


@pytest.mark.parametrize("divide", [1, 3])
def test_equal_copies_with_equal_noise_change_nothing(divide):
    """The update is that of the images alone, without consistency regularisation."""
    pairs = make(cr_vae=True, cr_lambda=5.0, augmentation=SAME, batch_size_div=divide)
    alone = make(batch_size=BATCH // 2)
    noise = normal_noise(alone.model.noise_shapes(BATCH // 2))
    alone._draw_noise = lambda: noise
    pairs._draw_noise = lambda: tuple(np.repeat(n, 2, axis=0) for n in noise)
    images = random_images(CONFIG, BATCH // 2)
    for _ in range(2):
        results = [t.train_batch(images) for t in (pairs, alone)]
        assert results[0].consistency == results[1].consistency == 0.0
        np.testing.assert_allclose(results[0].nll, results[1].nll, rtol=1e-6)
        np.testing.assert_allclose(*(r.gradient_norm for r in results), rtol=1e-5)
    for a, b in zip(pairs.variables, alone.variables):
        np.testing.assert_allclose(np.array(a), np.array(b), rtol=1e-4, atol=1e-6)


def test_copies_of_their_own_make_a_difference_that_training_lessens():
    images = random_images(CONFIG, BATCH // 2)
    results = []
    for cr_lambda in (0.0, 1.0):
        trainer = make(cr_vae=True, cr_lambda=cr_lambda)
        results.append([trainer.train_batch(images) for _ in range(30)])
    without, regularised = results
    assert without[0].consistency == regularised[0].consistency > 0.0
    assert regularised[-1].consistency < 0.8 * without[-1].consistency


def test_noise_of_their_own_makes_equal_copies_differ():
    settings = {"cr_vae": True, "augmentation": SAME, "cr_duplicate_noise": False}
    # A block after the first sees the noise of those before it.
    trainer = make(model_config=tiny_config(), **settings)
    assert trainer.train_batch(random_images(CONFIG, BATCH // 2)).consistency > 0.0


def test_an_imported_checkpoint_trains_on(golden):
    """From published weights, the loss on one batch falls."""
    from hvae.published.openai_vdvae.tensors import OpenAIVDVAE
    from hvae.training.trainer import Trainer

    d, state, hparams = read_published(golden, "openai_vdvae_tiny.npz")
    model = OpenAIVDVAE().read(state, hparams)
    config = TrainingConfig(batch_size=3, learning_rate=4e-3, lr_warmup_epochs=0, optimizer="adamw")
    trainer = Trainer(model, config, updates_per_epoch=100, jit=False)
    losses = []
    for _ in range(3):
        result = trainer.train_batch(d["x_uint8"])
        losses.append((float(result.nll) + float(result.kl.sum())) / model.config.num_dims)
    assert losses[0] == pytest.approx(float(d["elbo_nats_per_dim"].mean()), rel=0.02)
    assert losses[-1] < losses[0] - 0.1


@in_a_graph
def test_noise_differs_between_updates_and_repeats_with_the_seed():
    images = random_images(CONFIG, BATCH)
    results = []
    for seed, runs in ((0, contextlib.nullcontext), (0, contextlib.nullcontext), (1, untraced)):
        trainer = make(learning_rate=1e-12, seed=seed)
        with runs():
            results.append([float(trainer.train_batch(images).nll) for _ in range(2)])
    assert results[0] == results[1]
    assert results[0][0] != results[0][1] and results[0][0] != results[2][0]


def test_training_that_only_skips_stops_and_says_so():
    from hvae.training.trainer import TrainingDiverged

    trainer = make()
    trainer.variables[0].assign(np.full(trainer.variables[0].shape, np.nan))
    images = random_images(trainer.model.config, BATCH)
    with pytest.raises(TrainingDiverged, match="the last 50 updates were all skipped") as error:
        for _ in range(60):
            trainer.train_batch(images)
    assert trainer.updates_done == 50
    # No threshold lets NaN through.
    assert "the gradient norm is nan" in str(error.value)
    assert "lower learning_rate" in str(error.value) and "higher" not in str(error.value)


def test_advice_on_norms_that_are_numbers_is_another():
    from hvae.training.trainer import StepResult, TrainingDiverged

    trainer = make(gradient_skipnorm=4.0)
    with pytest.raises(TrainingDiverged, match="norm is 5, .*or a higher gradient_skipnorm"):
        trainer.read(StepResult(0.0, 0.0, 0.0, 5.0, True, 50))


def test_averaged_weights_are_in_the_model_only_inside_the_context():
    trainer = make(learning_rate=0.1)
    images = random_images(trainer.model.config, BATCH)
    for _ in range(3):
        trainer.train_batch(images)
    raw = [np.array(v) for v in trainer.variables]
    with contextlib.suppress(KeyError), trainer.averaged_weights():
        for variable, average in zip(trainer.variables, trainer.update.averages):
            np.testing.assert_array_equal(np.array(variable), np.array(average))
        assert any((np.array(v) != r).any() for v, r in zip(trainer.variables, raw))
        raise KeyError  # raw weights come back after an error too
    for variable, value in zip(trainer.variables, raw):
        np.testing.assert_array_equal(np.array(variable), value)


def test_without_ema_the_weights_are_the_raw_ones():
    trainer = make(use_ema=False)
    trainer.train_batch(random_images(trainer.model.config, BATCH))
    raw = np.array(trainer.variables[0])
    with trainer.averaged_weights():
        np.testing.assert_array_equal(np.array(trainer.variables[0]), raw)


@in_a_graph
@pytest.mark.parametrize("likelihood", ["dmol", "bernoulli"])
def test_constant_images_reach_the_optimum_of_the_likelihood(likelihood):
    """One image has entropy 0: NLL and KL go to 0.

    For the mixture, the optimum with log-scale −7 and 17 levels: the bin of a level has
    probability 1 − 2σ(−h/s) ≈ 1 at h/s = 68.
    """
    levels = 17 if likelihood == "dmol" else 2
    trainer = make(
        model_config=one_block_config(likelihood=likelihood, levels=levels),
        learning_rate=0.02,
        learning_rate_end=1e-6,
        epochs=40,
        # The narrower the mixture gets, the steeper its likelihood.
        gradient_clipnorm=1.0,
        gradient_skipnorm=0.0,
    )
    # Level 6 of 17 is inside, not at an edge.
    image = np.full((1, 8, 8, 1), 6 if likelihood == "dmol" else 1, "uint8")
    for _ in range(400):
        trainer.train_batch(np.repeat(image, BATCH, axis=0))
    evaluation = Evaluator(trainer.model, BATCH)(np.repeat(image, BATCH, axis=0))
    assert (-evaluation.elbo).mean() / 64 < 0.01
    assert evaluation.kl.sum(axis=1).mean() < 0.5
    assert (evaluation.nll > -1e-3).all()


@in_a_graph
def test_evenly_random_images_reach_their_entropy():
    """Independent fair pixels: no model is better than 64 log 2 nats, and ours gets there."""
    trainer = make(
        model_config=one_block_config(likelihood="bernoulli", levels=2),
        batch_size=64,
        learning_rate=0.01,
    )
    rng = np.random.default_rng(0)
    for _ in range(150):
        trainer.train_batch(rng.integers(0, 2, (64, 8, 8, 1)).astype("uint8"))
    images = rng.integers(0, 2, (512, 8, 8, 1)).astype("uint8")
    evaluation = Evaluator(trainer.model, 128)(images)
    entropy = 64 * np.log(2)
    assert entropy - 0.1 < -evaluation.elbo.mean() < 1.02 * entropy


@in_a_graph
def test_the_memory_of_an_update_is_reckoned_without_another_trace():
    """What is kept grows with the batch, and the first update finds its graph ready."""
    reckoned = {}
    for batch in (6, 12):
        trainer = make(batch_size=batch)
        reckoned[batch] = trainer.memory_of_update()
        trainer.train_batch(random_images(CONFIG, batch))
        assert trainer._gradient.experimental_get_tracing_count() == 1
    vector = 4 * trainer.update.layout.size
    kept = {batch: size - vector for batch, size in reckoned.items()}
    assert kept[12] == pytest.approx(2 * kept[6], rel=0.02)


@in_a_graph
def test_what_is_kept_is_what_a_loss_leaves_for_its_gradient():
    import tensorflow as tf

    from hvae.training.backends.tensorflow_backend import compiled, kept_bytes, value_and_gradients

    weight = keras.Variable(np.ones((4, 3), "float32"))

    def gradient(x):
        def loss():
            y = tf.reshape(tf.sin(x) @ weight.value, (3, 10))  # keeps sin(x), 40 numbers
            h = tf.reshape(tf.tanh(y), (10, 3))  # keeps tanh(y), 30 numbers
            # Keeps no more: the weight is there anyway.
            return tf.reduce_sum(tf.matmul(h, weight.value, transpose_b=True)), None

        return value_and_gradients(loss, [weight], [])[1]

    assert kept_bytes(compiled(gradient, [], jit=False), (tf.ones((10, 4)),)) == 4 * (40 + 30)
