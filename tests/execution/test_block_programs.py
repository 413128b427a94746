"""Blocks that share programs, or are computed twice, make the same update."""

import contextlib

import keras
import numpy as np
import pytest

from hvae.execution import REMAT
from hvae.execution.block_programs import BlockPrograms
from hvae.execution.stages import Stages
from hvae.model import HVAE
from hvae.training.config import TrainingConfig
from tests.backend_outputs import untraced
from tests.conftest import nvae_config, one_block_config, random_images, tiny_config

pytestmark = pytest.mark.tensorflow

BATCH = 6


def attention_config():
    """To it belong two scales."""
    attention = {"use_depthwise_attention": True, "query_width": 4}
    return tiny_config(enc_num_blocks=0, output_blocks=0, **attention)


def one_scale_nvae_config():
    """With two groups, which share; `tiny_config` has two scales."""
    return nvae_config(number_of_scales=1)


def flow_config():
    """With two blocks, which share."""
    return one_block_config(dec_num_blocks=(2,), flow_type="iaf", num_flows=(1,))


CONFIGS = (tiny_config, one_scale_nvae_config, attention_config, flow_config)


def updates(config, execution=None):
    """Losses, gradient norms and all variables after two updates; the model, and its trainer."""
    from hvae.training.trainer import Trainer

    keras.utils.set_random_seed(0)
    model = HVAE(config)
    # Before a normalisation the gradient of a bias is rounding: a smaller epsilon steps by it.
    training = TrainingConfig(batch_size=BATCH, adam_epsilon=1e-7)
    trainer = Trainer(model, training, updates_per_epoch=10, jit=False)
    if execution is not None:
        trainer.execution = execution
    images = random_images(config, BATCH)
    results = [trainer.train_batch(images) for _ in range(2)]
    losses = [[float(r.nll), float(r.kl.sum()), float(r.gradient_norm)] for r in results]
    return np.array(losses), [np.array(v) for v in model.variables]


@pytest.fixture(scope="module")
def direct():
    with untraced():
        return {make: updates(make()) for make in CONFIGS}


def shared_execution():
    from hvae.training.backends.tensorflow_backend import shared

    return BlockPrograms(shared)


def recomputed_execution():
    from hvae.training.backends.tensorflow_backend import recomputed

    return BlockPrograms(recomputed)


def both_execution():
    from hvae.training.backends.tensorflow_backend import recomputed, shared

    return BlockPrograms(lambda function: recomputed(shared(function)))


#: What runs the blocks, by name.
EXECUTIONS = {
    "shared": shared_execution,
    "remat": recomputed_execution,
    "both": both_execution,
    "stages": lambda: Stages(recomputed_execution(), both_execution()),
}


#: Alone, sharing and computing again are tried with one model: `both` and `stages` do all of it.
#: In `stages` the blocks are run by `both`, whose graphs of blocks need not be traced without.
CASES = [(tiny_config, name, contextlib.nullcontext) for name in EXECUTIONS]
for small in CONFIGS[1:]:
    CASES += [(small, "both", untraced), (small, "stages", contextlib.nullcontext)]


@pytest.mark.parametrize(("make", "name", "runs"), CASES)
def test_the_update_is_the_same(make, name, runs, direct):
    with runs():
        losses, variables = updates(make(), EXECUTIONS[name]())
    expected_losses, expected = direct[make]
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-6)
    for value, other in zip(variables, expected):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-6 * max(1, np.abs(other).max()))


def test_programs_do_not_grow_with_the_depth_of_a_scale():
    counts = []
    for blocks in (2, 4):
        execution = shared_execution()
        config = one_block_config(enc_num_blocks=(blocks,), dec_num_blocks=(blocks,))
        with untraced():  # what runs is asked for by the same keys
            updates(config, execution)
        counts.append(len(execution.programs))
    assert counts[0] == counts[1]


def test_remat_keeps_the_inputs_of_blocks_alone():
    """Of a chain of wide blocks; counted by what the gradient's function reads of the forward."""
    import tensorflow as tf

    from hvae.execution.block_programs import BlockPrograms
    from hvae.layers.bottleneck_block import BottleneckBlock

    blocks = [BottleneckBlock(4, 16, residual=True) for _ in range(3)]
    for block in blocks:
        block.build((None, 8, 8, 16))

    def kept(transform):
        execution = BlockPrograms(transform)

        @tf.function(autograph=False)
        def loss(x):
            return tf.reduce_sum(execution.chain(blocks, x))

        function = loss.get_concrete_function(tf.TensorSpec((2, 8, 8, 16)))
        forward, _ = function._delayed_rewrite_functions.forward_backward()
        return sum(
            np.prod(t.shape)
            for t in forward.graph.outputs[1:]
            if t.shape.rank == 4 and t.shape[0] == 2
        )

    none, block = kept(lambda function: function), kept(keras.remat)
    one_input = 2 * 8 * 8 * 16
    assert block <= 2 * len(blocks) * one_input  # each may be there under two names
    assert none >= 2 * block


def test_less_is_kept_block_by_block_and_least_by_stages():
    from hvae.training.trainer import Trainer

    config = one_block_config(enc_num_blocks=(5,), dec_num_blocks=(5,))  # in groups of 3 and 2
    sizes = []
    for remat in REMAT:
        keras.utils.set_random_seed(0)
        trainer = Trainer(HVAE(config), TrainingConfig(batch_size=64), 10, jit=False, remat=remat)
        sizes.append(trainer.memory_of_update())
    assert sizes[1] < 0.45 * sizes[0]
    assert sizes[2] < 0.8 * sizes[1]
