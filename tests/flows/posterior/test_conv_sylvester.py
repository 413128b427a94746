"""The whole flow: determinant, inverse, start, stages, and a KL that is one."""

import contextlib
import random
from unittest import mock

import numpy as np
import pytest
from keras import ops

from hvae.families.vdvae.vdvae_variant import VDVAEVariant
from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.base import FlowOutput
from hvae.flows.posterior.conv_sylvester import ConvolutionalSylvesterFlow
from hvae.flows.sylvester.generalized_sylvester import GeneralizedSylvester
from hvae.latents.base import LatentVariant, PriorOutput
from hvae.latents.latent_block import LatentBlock
from tests.conftest import assign
from tests.flows.block_kl import check_kl_against_integration, make_block, mean_and_error
from tests.flows.harness import SIZES, both_ways, build_random, random_latents, run_flow_test
from tests.harness import compiled

OPTIONS = {
    "default": {},
    "all": {"split_first": True, "steps_per_stage": 2, "stage_limit": 0, "spectral_norm": False},
}


def make_flow(shape, **options):
    return ConvolutionalSylvesterFlow(shape[:2], shape[2], hidden_channels=12, **options)


def to_numpy(value):
    return ops.convert_to_numpy(value)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
@pytest.mark.parametrize("shape", [*SIZES, (1, 1, 1), (3, 5, 1), (6, 2, 1)], ids=str)
def test_it_starts_as_the_identity_and_has_determinant_and_inverse(shape, options):
    flow, z = make_flow(shape, **options), random_latents(shape)
    flow.build((None, *shape))
    there, _ = both_ways(flow, z)
    np.testing.assert_array_equal(there.z, z)
    assert not there.log_det.any()
    run_flow_test(flow, shape, scale=0.2)


def test_determinant_and_inverse_of_three_stages():
    run_flow_test(make_flow((8, 8, 2)), (8, 8, 2), scale=0.2)


@pytest.mark.once
def test_determinant_and_inverse_of_two_steps_in_each_of_three_stages():
    run_flow_test(make_flow((8, 8, 2), **OPTIONS["all"]), (8, 8, 2), scale=0.2)


@pytest.mark.parametrize(
    "shape,options,channels",
    [
        ((8, 8, 2), {"stage_limit": 0}, [8, 16, 32]),
        ((8, 8, 2), {"stage_limit": 3}, [8, 16, 32]),
        ((8, 8, 2), {"stage_limit": 2}, [8, 16]),
        ((8, 8, 2), {"stage_limit": 2, "steps_per_stage": 2}, [8, 8, 16, 16]),
        ((8, 8, 4), {"stage_limit": 1, "split_first": True}, [8]),
        ((6, 4, 1), {}, [4]),
        ((1, 1, 3), {}, [3]),
        ((1, 1, 3), {"split_first": True}, [2]),
        ((3, 5, 1), {"split_first": True}, [1]),
    ],
)
def test_the_stages_of_a_size(shape, options, channels):
    flow = make_flow(shape, **options)
    flow.build((None, *shape))
    norms = [layer for layer in flow._flatten_layers() if isinstance(layer, ActNorm)]
    assert sorted(layer.shift.shape[0] for layer in norms) == channels


def test_split_first_leaves_half_of_the_channels_alone():
    flow = build_random(make_flow((4, 4, 4), split_first=True), (4, 4, 4), scale=0.3)
    z = random_latents((4, 4, 4))
    result = to_numpy(compiled(flow, flow)(z).z)
    np.testing.assert_array_equal(result[..., 2:], z[..., 2:])
    assert (result[..., :2] != z[..., :2]).all()


# The KL of a latent block.

SHAPE = (4, 4, 2)
SAMPLES = 4096


def sampled_kl(block):
    """Function from an activation, `(1, …)`, to the single-sample KL's mean and standard error."""
    noise = np.random.default_rng(2).standard_normal((SAMPLES, *SHAPE)).astype("float32")
    drawn = compiled(lambda s, n, a: block(s, n, activation=a).latent.kl, block, is_large=True)

    def of_activation(activation):
        activations = np.repeat(activation, SAMPLES, axis=0)
        return mean_and_error(drawn(activations, noise, activations))

    return of_activation


@pytest.fixture(scope="module")
def start():
    """A block at its start, what its weights are there, and its KL."""
    random.seed(0)
    block = LatentBlock(VDVAEVariant(2, 6, 4), std_param="exp", flow=make_flow(SHAPE))
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    return block, block.get_weights(), sampled_kl(block)


@pytest.mark.parametrize("seed", range(4))
def test_the_kl_is_not_negative_with_random_weights(start, seed):
    block, weights, mean_kl = start
    rng = np.random.default_rng(seed)
    for weight, value in zip(block.weights, weights):
        assign(weight, value + 0.1 * rng.standard_normal(weight.shape))
    mean, error = mean_kl(rng.standard_normal((1, 4, 4, 6)).astype("float32"))
    assert mean >= -3 * error


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 2), (1, 2, 1)], ids=str)
def test_the_kl_is_that_of_numerical_integration(shape, seed, rng):
    block, state, activation = make_block(seed, make_flow, shape)
    check_kl_against_integration(block, state, activation, shape, rng)


class NearestPrior(LatentVariant):
    """q is standard; p has the mean and the standard deviation of what the flow makes of q.

    The KL is as small as a diagonal prior allows: a wrong determinant makes it negative.
    """

    z_width = SHAPE[-1]

    def build(self, state_shape):
        # A weight: the program that says what the flow makes of q is that of the KL.
        shape = (1, *SHAPE[:2], 2 * self.z_width)
        self.parameters = self.add_weight(shape=shape, initializer="zeros")

    def prior(self, state):
        return PriorOutput(ops.repeat(self.parameters, SAMPLES, axis=0), state)

    def posterior(self, state, activation, prior, activated=None):
        return ops.zeros_like(prior.parameters)

    def next_state(self, prior, z):
        return z


#: Parts whose log-determinants can be given a factor.
PARTS = (ConvolutionalSylvesterFlow, ActNorm, GeneralizedSylvester)


def with_factor(part, factor):
    """The part's `call`, of whose log-determinant everyone gets a multiple."""
    right = part.call

    def call(self, z, context=None):
        z, log_det = right(self, z)
        return FlowOutput(z, log_det * factor)

    return mock.patch.object(part, "call", call)


@pytest.fixture(scope="module")
def contracting_kl():
    """Function from factors of `PARTS` to the KL of a flow that makes latents smaller.

    Its log-determinants are negative. The KL comes as in `sampled_kl`.
    """
    random.seed(0)
    flow = build_random(make_flow(SHAPE), SHAPE, scale=0.1)
    for layer in flow._flatten_layers():
        if isinstance(layer, ActNorm):
            assign(layer.log_scale, to_numpy(layer.log_scale) - 0.5)
        if isinstance(layer, GeneralizedSylvester):
            # a, b and c of every variable: slopes near −½ tanh(2)².
            layer.residual.inner.bias.assign([2.0, 0.0] * (layer.residual.inner.width // 2))
            layer.residual.outer.bias.assign([-2.0, 0.0] * (layer.residual.inner.width // 2))
    # The closed form is far from this KL: as control variate it would add variance.
    prior = NearestPrior()
    block = LatentBlock(prior, std_param="exp", analytical_kl=False, flow=flow)
    block.build((None, *SHAPE), (None, *SHAPE))
    nothing = np.zeros((SAMPLES, *SHAPE), "float32")

    def latent(noise, factors):
        with contextlib.ExitStack() as stack:
            for i, part in enumerate(PARTS):
                stack.enter_context(with_factor(part, factors[i]))
            output = block(nothing, noise, activation=nothing).latent
            return output.z, output.kl

    # Factors are inputs: right and wrong determinants are one program.
    drawn = compiled(latent, block, is_large=True)
    seen = np.random.default_rng(3).standard_normal((SAMPLES, *SHAPE)).astype("float32")
    z = to_numpy(drawn(seen, np.ones(len(PARTS), "float32"))[0])
    assign(prior.parameters, np.concatenate([z.mean(0), np.log(z.std(0))], axis=-1)[None])
    noise = np.random.default_rng(2).standard_normal((SAMPLES, *SHAPE)).astype("float32")

    return lambda *factors: mean_and_error(drawn(noise, np.array(factors, "float32"))[1])


def test_the_kl_to_the_nearest_prior_is_small_and_not_negative(contracting_kl):
    mean, error = contracting_kl(1.0, 1.0, 1.0)
    assert mean >= -3 * error
    assert mean < 4.0


@pytest.mark.parametrize(
    "factors",
    [(-1.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)],
    ids=["flipped sign", "no ActNorm", "no Sylvester step"],
)
def test_a_wrong_determinant_makes_that_kl_negative(contracting_kl, factors):
    mean, error = contracting_kl(*factors)
    assert mean < -10 * error
