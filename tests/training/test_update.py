"""One optimiser update, on every backend, against NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from hvae.training.config import TrainingConfig
from hvae.training.flat_layout import FlatLayout
from hvae.training.optimizers import get_optimizer
from hvae.training.update import Update

pytestmark = pytest.mark.every_backend

SHAPES = [(3, 4), (4,)]


def make(optimizer="sgd", **options):
    settings = {
        "optimizer": optimizer,
        "learning_rate": 0.1,
        "weight_decay": 0.0,
        "adam_beta1": 0.0,
    }
    keys = {k: options.pop(k) for k in ("weight_decay", "adam_beta1") if k in options}
    config = TrainingConfig(**{**settings, **keys})
    variables = [keras.Variable(np.ones(shape, "float32")) for shape in SHAPES]
    return Update(get_optimizer(config), variables, **options)


def gradients(size, seed=0):
    rng = np.random.default_rng(seed)
    values = [rng.standard_normal(shape) for shape in SHAPES]
    norm = np.sqrt(sum((v**2).sum() for v in values))
    return [ops.convert_to_tensor((v * size / norm).astype("float32")) for v in values]


def packed_gradients(size, seed=0):
    return FlatLayout(SHAPES).pack(gradients(size, seed))


def to_numpy(values):
    return [ops.convert_to_numpy(v) for v in values]


def state(update):
    return to_numpy([*update.variables, *update.state[:-1]])


@pytest.mark.parametrize("optimizer", ["adamax", "adamw", "sgd"])
@pytest.mark.parametrize("bad", ["large", "infinite", "nan"])
def test_a_skipped_update_changes_nothing(optimizer, bad):
    update = make(optimizer, weight_decay=0.1, adam_beta1=0.9)
    update.apply(packed_gradients(1.0), 0.1, np.float32(np.inf))
    before = state(update)
    threshold = {"large": 5.0, "infinite": np.inf, "nan": np.inf}[bad]
    size = {"large": 5.1, "infinite": np.inf, "nan": np.nan}[bad]
    info = update.apply(packed_gradients(size), 0.1, np.float32(threshold))
    assert bool(ops.convert_to_numpy(info.skipped))
    for old, new in zip(before, state(update)):
        np.testing.assert_array_equal(old, new)
    assert int(ops.convert_to_numpy(update.consecutive_skips.value)) == 1
    info = update.apply(packed_gradients(4.9), 0.1, np.float32(5.0))
    assert not bool(ops.convert_to_numpy(info.skipped))
    assert int(ops.convert_to_numpy(update.consecutive_skips.value)) == 0
    assert np.abs(to_numpy(update.variables)[0] - before[0]).max() > 0


def test_clipping_keeps_the_direction_and_sets_the_norm():
    update = make(clip_norm=2.0)
    info = update.apply(packed_gradients(8.0), 1.0, np.float32(np.inf))
    np.testing.assert_allclose(ops.convert_to_numpy(info.gradient_norm), 8.0, rtol=1e-5)
    for new, gradient in zip(to_numpy(update.variables), to_numpy(gradients(8.0))):
        np.testing.assert_allclose(1.0 - new, gradient / 4.0, rtol=1e-4, atol=1e-6)


def test_small_gradients_are_not_clipped():
    update = make(clip_norm=2.0)
    update.apply(packed_gradients(1.5), 1.0, np.float32(np.inf))
    for new, gradient in zip(to_numpy(update.variables), to_numpy(gradients(1.5))):
        np.testing.assert_allclose(1.0 - new, gradient, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["adamax", "adamw", "sgd"])
def test_weight_decay_is_decoupled(optimizer):
    """Without a gradient, a weight loses learning rate times decay, and nothing else."""
    update = make(optimizer, weight_decay=0.5)
    zeros = [ops.zeros(shape) for shape in SHAPES]
    update.apply(update.layout.pack(zeros), 0.1, np.float32(np.inf))
    for value in to_numpy(update.variables):
        np.testing.assert_allclose(value, 1.0 - 0.1 * 0.5, rtol=1e-6)


def test_the_average_does_not_lag_in_the_beginning():
    """Its decay at update t is min(d, (1 + t)/(10 + t)); skipped updates do not count."""
    update = make(ema_decay=0.5)
    averages = [np.ones(shape) for shape in SHAPES]
    for step in range(1, 12):
        update.apply(packed_gradients(1.0, seed=step), 0.3, np.float32(np.inf))
        update.apply(packed_gradients(np.nan), 0.3, np.float32(np.inf))
        decay = min(0.5, (1 + step) / (10 + step))
        values = to_numpy(update.variables)
        averages = [decay * a + (1 - decay) * v for a, v in zip(averages, values)]
    for average, expected in zip(to_numpy(update.averages), averages):
        np.testing.assert_allclose(average, expected, rtol=1e-5)


def test_without_a_ramp_the_average_has_one_decay():
    """As in published code."""
    update = make(ema_decay=0.9, ema_ramp=False)
    averages = [np.ones(shape) for shape in SHAPES]
    for step in range(3):
        update.apply(packed_gradients(1.0, seed=step), 0.3, np.float32(np.inf))
        averages = [0.9 * a + 0.1 * v for a, v in zip(averages, to_numpy(update.variables))]
    for average, expected in zip(to_numpy(update.averages), averages):
        np.testing.assert_allclose(average, expected, rtol=1e-5)


def test_a_norm_at_the_threshold_is_skipped():
    """As in published code: only what is below counts."""
    norm = ops.convert_to_numpy(make().apply(packed_gradients(4.0), 0.1, np.inf).gradient_norm)
    for threshold, skips in ((norm, True), (np.nextafter(norm, np.float32(9)), False)):
        info = make().apply(packed_gradients(4.0), 0.1, np.float32(threshold))
        assert bool(ops.convert_to_numpy(info.skipped)) == skips


def test_the_learning_rate_is_that_of_the_call():
    update = make()
    update.apply(packed_gradients(1.0), 0.25, np.float32(np.inf))
    for new, gradient in zip(to_numpy(update.variables), to_numpy(gradients(1.0))):
        np.testing.assert_allclose(1.0 - new, 0.25 * gradient, rtol=1e-4, atol=1e-6)


def test_adamax_agrees_with_numpy():
    """Kingma & Ba 2015, Algorithm 2."""
    update = make("adamax", adam_beta1=0.9)
    value, m, u = np.ones(SHAPES[0]), 0.0, 0.0
    for t in range(1, 6):
        step = gradients(1.0, seed=t)
        update.apply(FlatLayout(SHAPES).pack(step), 0.01, np.float32(np.inf))
        g = to_numpy(step)[0].astype("float64")
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g))
        value = value - 0.01 / (1 - 0.9**t) * m / u
    np.testing.assert_allclose(to_numpy(update.variables)[0], value, rtol=1e-5)


@pytest.mark.tensorflow
def test_large_updates_are_compiled_and_the_same(monkeypatch):
    from hvae.training.backends.tensorflow_backend import fused

    monkeypatch.setattr("hvae.training.update.LEAST_SIZE", 1)
    compiled = []

    def counted(function):
        compiled.append(function)
        return fused(function)

    plain = make("adamw", clip_norm=1.0)
    program = make("adamw", clip_norm=1.0, compile_function=counted)
    for seed, skip_norm in ((0, np.inf), (1, 0.5), (2, np.inf)):
        for update in (plain, program):
            update.apply(packed_gradients(2.0, seed), 0.1, skip_norm)
    assert len(compiled) == 1
    for value, expected in zip(state(program), state(plain), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.tensorflow
@pytest.mark.parametrize("optimizer", ["adamax", "adamw", "sgd"])
def test_a_graph_has_a_handful_of_nodes_a_variable(optimizer):
    """An optimizer that goes variable by variable has 75, which take minutes to trace."""
    import tensorflow as tf

    def nodes(count):
        variables = [keras.Variable(np.ones(3, "float32")) for _ in range(count)]
        config = TrainingConfig(optimizer=optimizer)
        update = Update(get_optimizer(config), variables, clip_norm=1.0)
        step = tf.function(lambda gradient: update.apply(gradient, 0.1, np.float32(1.0)))
        graph = step.get_concrete_function(tf.ones(3 * count)).graph
        return len(graph.get_operations())

    assert (nodes(12) - nodes(2)) / 10 <= 8
