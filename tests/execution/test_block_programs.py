"""Blocks that share programs, or are computed twice, make the same update."""

import contextlib
import functools
import random

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


#: Pixels that are one bit, whose likelihood takes less to trace than others.
BINARY = {"levels": 2, "likelihood": "bernoulli"}


def two_block_config(**changes):
    """Of one kind, which share."""
    return one_block_config(dec_num_blocks=(2,), **BINARY, **changes)


def two_scale_config():
    return tiny_config(**BINARY)


def attention_config():
    """To it belong two scales."""
    attention = {"use_depthwise_attention": True, "query_width": 4}
    return tiny_config(enc_num_blocks=0, output_blocks=0, **attention, **BINARY)


def one_scale_nvae_config():
    """With two groups, which share; `two_scale_config` has two scales."""
    return nvae_config(number_of_scales=1, num_blocks_prepost=0)


def flow_config():
    return two_block_config(flow_type="iaf", num_flows=(1,))


def trainer_of(config, batch_size=BATCH, **options):
    from hvae.training.trainer import Trainer

    random.seed(0)
    # Before a normalisation the gradient of a bias is rounding: a smaller epsilon steps by it.
    training = TrainingConfig(batch_size=batch_size, adam_epsilon=1e-5)
    return Trainer(HVAE(config), training, updates_per_epoch=10, jit=False, **options)


def updated(trainer):
    """Losses, gradient norms and all variables after two updates."""
    images = random_images(trainer.model.config, trainer.config.batch_size)
    results = [trainer.train_batch(images) for _ in range(2)]
    losses = [[float(r.nll), float(r.kl.sum()), float(r.gradient_norm)] for r in results]
    return np.array(losses), [np.array(v) for v in trainer.model.variables]


@pytest.fixture(scope="module")
def direct():
    """Function from what makes a configuration to the updates of its model, block by block."""

    @functools.cache
    def updates(make):
        with untraced():
            return updated(trainer_of(make()))

    return updates


def check_same(updates, expected):
    (losses, variables), (expected_losses, others) = updates, expected
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-6)
    for value, other in zip(variables, others, strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-6 * max(1, np.abs(other).max()))


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


#: In `stages` the blocks are run by `both`, whose graphs of blocks need not be traced without.
CASES = [(two_block_config, name, contextlib.nullcontext) for name in ("shared", "remat")]
CASES += [(two_scale_config, name, untraced) for name in ("both", "stages")]
for small in (one_scale_nvae_config, attention_config, flow_config):
    CASES += [(small, "both", untraced), (small, "stages", contextlib.nullcontext)]


@pytest.mark.parametrize(("make", "name", "runs"), CASES)
def test_the_update_is_the_same(make, name, runs, direct):
    trainer = trainer_of(make())
    trainer.execution = EXECUTIONS[name]()
    with runs():
        check_same(updated(trainer), direct(make))


def test_less_is_kept_block_by_block_and_least_by_stages():
    """Of a decoder."""
    config = one_block_config(dec_num_blocks=(5,), **BINARY)  # in groups of 3 and 2
    # So many images need more than what an update has beside the gradient.
    none, block, stage = (
        trainer_of(config, batch_size=64, remat=remat).memory_of_update() for remat in REMAT
    )
    assert block < 0.45 * none
    assert stage < 0.8 * block


def test_programs_do_not_grow_with_the_depth_of_a_scale():
    counts = []
    for blocks in (2, 4):
        config = one_block_config(enc_num_blocks=(blocks,), dec_num_blocks=(blocks,), **BINARY)
        trainer = trainer_of(config)
        trainer.execution = shared_execution()
        with untraced():  # what runs is asked for by the same keys
            trainer.train_batch(random_images(config, BATCH))
        counts.append(len(trainer.execution.programs))
    assert counts[0] == counts[1]


def test_remat_keeps_the_inputs_of_blocks_alone_and_stages_those_of_groups():
    """Of a chain of wide blocks; counted by what the gradient's function reads of the forward."""
    import tensorflow as tf

    from hvae.layers.bottleneck_block import BottleneckBlock

    blocks = [BottleneckBlock(4, 16, residual=True) for _ in range(5)]  # in groups of 3 and 2
    for block in blocks:
        block.build((None, 8, 8, 16))

    def kept(execution):
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

    none, block = kept(BlockPrograms(lambda function: function)), kept(BlockPrograms(keras.remat))
    one_input = 2 * 8 * 8 * 16
    assert block <= 2 * len(blocks) * one_input  # each may be there under two names
    assert none >= 2 * block
    assert kept(EXECUTIONS["stages"]()) <= 2 * 2 * one_input
