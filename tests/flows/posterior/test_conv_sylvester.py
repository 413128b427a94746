"""The whole flow: determinant, inverse, start, stages, and a KL that is one."""

import keras
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
from tests.flows.block_kl import check_kl_against_integration, make_block
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
@pytest.mark.parametrize("shape", [(8, 8, 2), *SIZES, (1, 1, 1), (3, 5, 1), (6, 2, 1)], ids=str)
def test_determinant_and_inverse(shape, options):
    run_flow_test(make_flow(shape, **options), shape, scale=0.2)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_it_starts_as_the_identity(shape, options):
    keras.utils.set_random_seed(0)
    z = random_latents(shape)
    flow = make_flow(shape, **options)
    flow.build((None, *shape))
    there, _ = both_ways(flow, z)
    np.testing.assert_array_equal(there.z, z)
    assert not there.log_det.any()


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
    result = to_numpy(flow(z).z)
    np.testing.assert_array_equal(result[..., 2:], z[..., 2:])
    assert (result[..., :2] != z[..., :2]).all()


# The KL of a latent block.

SHAPE = (4, 4, 2)
SAMPLES = 4096


def mean_kl(block, activation):
    """Mean of the single-sample KL, and its standard error."""
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((SAMPLES, *SHAPE)).astype("float32")
    state, activation = (np.repeat(a, SAMPLES, axis=0) for a in (activation, activation))
    drawn = compiled(lambda s, n, a: block(s, n, activation=a).latent.kl, block, is_large=True)
    kl = to_numpy(drawn(state, noise, activation)).sum((1, 2, 3))
    return kl.mean(), kl.std() / np.sqrt(SAMPLES)


@pytest.mark.parametrize("seed", range(4))
def test_the_kl_is_not_negative_with_random_weights(seed):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    block = LatentBlock(VDVAEVariant(2, 6, 4), std_param="exp", flow=make_flow(SHAPE))
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    for weight in block.weights:
        weight.assign(to_numpy(weight) + 0.1 * rng.standard_normal(weight.shape))
    mean, error = mean_kl(block, rng.standard_normal((1, 4, 4, 6)).astype("float32"))
    assert mean >= -3 * error


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 2), (1, 2, 1)], ids=str)
def test_the_kl_is_that_of_numerical_integration(shape, seed, rng):
    block, state, activation = make_block(seed, make_flow(shape), shape[:2], shape[2])
    check_kl_against_integration(block, state, activation, shape, rng)


class NearestPrior(LatentVariant):
    """q is standard; p has the mean and the standard deviation of what the flow makes of q.

    The KL is as small as a diagonal prior allows: a wrong determinant makes it negative.
    """

    z_width = SHAPE[-1]

    def __init__(self, flow):
        super().__init__()
        noise = np.random.default_rng(3).standard_normal((SAMPLES, *SHAPE)).astype("float32")
        z = to_numpy(compiled(lambda noise: flow(noise).z, flow, is_large=True)(noise))
        self.parameters = np.concatenate([z.mean(0), np.log(z.std(0))], axis=-1)[None]

    def prior(self, state):
        return PriorOutput(ops.repeat(self.parameters, SAMPLES, axis=0), state)

    def posterior(self, state, activation, prior, activated=None):
        return ops.zeros_like(prior.parameters)

    def next_state(self, prior, z):
        return z


def contracting_block():
    """A block whose flow makes latents smaller: its log-determinants are negative."""
    keras.utils.set_random_seed(0)
    flow = build_random(make_flow(SHAPE), SHAPE, scale=0.1)
    for layer in flow._flatten_layers():
        if isinstance(layer, ActNorm):
            layer.log_scale.assign(to_numpy(layer.log_scale) - 0.5)
        if isinstance(layer, GeneralizedSylvester):
            # a, b and c of every variable: slopes near −½ tanh(2)².
            layer.residual.inner.bias.assign([2.0, 0.0] * (layer.residual.inner.width // 2))
            layer.residual.outer.bias.assign([-2.0, 0.0] * (layer.residual.inner.width // 2))
    # The closed form is far from this KL: as control variate it would add variance.
    block = LatentBlock(NearestPrior(flow), std_param="exp", analytical_kl=False, flow=flow)
    block.build((None, *SHAPE), (None, *SHAPE))
    return block


def test_the_kl_to_the_nearest_prior_is_small_and_not_negative():
    mean, error = mean_kl(contracting_block(), np.zeros((1, *SHAPE), "float32"))
    assert mean >= -3 * error
    assert mean < 4.0


@pytest.mark.parametrize("mistake", ["flipped sign", "no ActNorm", "no Sylvester step"])
def test_a_wrong_determinant_makes_that_kl_negative(monkeypatch, mistake):
    block = contracting_block()
    wrong, factor = {
        "flipped sign": (ConvolutionalSylvesterFlow, -1.0),
        "no ActNorm": (ActNorm, 0.0),
        "no Sylvester step": (GeneralizedSylvester, 0.0),
    }[mistake]
    right = wrong.call

    def call(self, z, context=None):
        z, log_det = right(self, z)
        return FlowOutput(z, factor * log_det)

    monkeypatch.setattr(wrong, "call", call)
    mean, error = mean_kl(block, np.zeros((1, *SHAPE), "float32"))
    assert mean < -10 * error
