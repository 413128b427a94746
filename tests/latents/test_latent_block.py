import numpy as np
import pytest
from keras import ops

from hvae.families.vdvae.vdvae_variant import VDVAEVariant
from hvae.flows.base import Flow, FlowOutput
from hvae.latents.latent_block import LatentBlock
from tests.conftest import assign
from tests.harness import compiled


@pytest.fixture
def block(rng):
    variant = VDVAEVariant(z_width=2, state_width=6, middle_width=4, activation="silu")
    block = LatentBlock(variant, std_param="exp")
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    for weight in block.weights:
        assign(weight, 0.3 * rng.standard_normal(weight.shape))
    return block


@pytest.fixture
def tensors(rng):
    shapes = ((3, 4, 4, 6), (3, 4, 4, 2), (3, 4, 4, 6))
    return [ops.convert_to_tensor(rng.standard_normal(s).astype("float32")) for s in shapes]


def to_numpy(value):
    return ops.convert_to_numpy(value)


def test_with_an_activation_z_comes_from_the_posterior(block, tensors):
    state, noise, activation = tensors
    output = block(state, noise, activation=activation).latent
    q, p = output.posterior, output.prior
    expected = to_numpy(q.mean) + np.exp(to_numpy(q.log_std)) * to_numpy(noise)
    np.testing.assert_allclose(to_numpy(output.z), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(to_numpy(output.kl), to_numpy(q.kl(p)), rtol=1e-6)
    assert np.abs(to_numpy(q.mean) - to_numpy(p.mean)).max() > 0.01


def test_without_an_activation_z_comes_from_the_tempered_prior(block, tensors):
    state, noise, activation = tensors
    output = block(state, noise, temperature=0.5).latent
    p = block(state, noise, activation=activation).latent.prior
    expected = to_numpy(p.mean) + 0.5 * np.exp(to_numpy(p.log_std)) * to_numpy(noise)
    np.testing.assert_allclose(to_numpy(output.z), expected, rtol=1e-5, atol=1e-6)
    assert output.posterior is None and output.kl is None and output.log_ratio is None


def test_a_mask_chooses_between_posterior_and_prior(block, tensors, rng):
    state, noise, activation = tensors
    mask = rng.integers(0, 2, (1, 4, 4, 2)).astype("float32")
    from_q = block(state, noise, activation=activation).latent
    from_p = block(state, noise, temperature=0.5).latent
    mixed = block(state, noise, activation=activation, temperature=0.5, posterior_mask=mask).latent
    for name, otherwise in (("z", to_numpy(from_p.z)), ("kl", 0.0), ("log_ratio", 0.0)):
        expected = np.where(mask, to_numpy(getattr(from_q, name)), otherwise)
        np.testing.assert_array_equal(to_numpy(getattr(mixed, name)), expected)


def test_a_given_z_is_used_and_leads_to_the_same_state(block, tensors):
    state, noise, activation = tensors
    drawn = block(state, noise, activation=activation)
    given = block(state, noise, z=drawn.latent.z)
    np.testing.assert_array_equal(to_numpy(given.latent.z), to_numpy(drawn.latent.z))
    np.testing.assert_allclose(to_numpy(given.state), to_numpy(drawn.state), rtol=1e-5, atol=1e-6)


def test_the_prior_starts_as_standard(tensors):
    """Zero-initialised: mean 0, log std 0, no residual, whatever the state."""
    state, noise, _ = tensors
    block = LatentBlock(VDVAEVariant(2, 6, 4), std_param="exp")
    p = block(state, noise).latent.prior
    assert not to_numpy(p.mean).any() and not to_numpy(p.log_std).any()


def test_a_last_block_has_no_next_state(tensors):
    state, noise, activation = tensors
    whole, last = (
        LatentBlock(VDVAEVariant(2, 6, 4, has_next_state=has), has_next_state=has)
        for has in (True, False)
    )
    assert last(state, noise, activation=activation).state is None
    whole.build(state.shape)
    assert len(whole.weights) - len(last.weights) == 10


def test_configuration_round_trip(block, tensors):
    state, noise, activation = tensors
    copy = LatentBlock.from_config(block.get_config())
    if not copy.built:
        copy.build((None, 4, 4, 6), (None, 4, 4, 6))
    copy.set_weights(block.get_weights())
    results = [to_numpy(b(state, noise, activation=activation).state) for b in (block, copy)]
    np.testing.assert_allclose(*results, rtol=1e-6)


def test_noise_and_kl_stay_float32_under_mixed_precision(tensors):
    state, noise, activation = tensors
    policy = "mixed_bfloat16"
    block = LatentBlock(VDVAEVariant(2, 6, 4, dtype=policy), std_param="exp", dtype=policy)
    output = block(
        ops.cast(state, "bfloat16"), noise, activation=ops.cast(activation, "bfloat16")
    ).latent
    assert output.z.dtype == output.kl.dtype == output.posterior.mean.dtype
    z = to_numpy(output.z)
    assert z.dtype == np.float32
    expected = to_numpy(output.posterior.mean) + np.exp(
        to_numpy(output.posterior.log_std)
    ) * to_numpy(noise)
    # bfloat16 noise would be off by percents.
    np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-6)


class Shift(Flow):
    """z₀ + strength · z₀³: a flow whose determinant is known."""

    def __init__(self, strength=1.0):
        super().__init__()
        self.strength = strength

    def call(self, z, context=None):
        log_det = ops.sum(ops.log(1 + 3 * self.strength * ops.square(z)), axis=(1, 2, 3))
        return FlowOutput(z + self.strength * z * z * z, log_det)


def sampled_block(rng, flow=None, analytical_kl=False):
    variant = VDVAEVariant(z_width=2, state_width=6, middle_width=4, activation="silu")
    block = LatentBlock(variant, std_param="exp", analytical_kl=analytical_kl, flow=flow)
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    for weight in block.weights:
        assign(weight, 0.3 * rng.standard_normal(weight.shape))
    return block


def test_a_sampled_kl_is_the_closed_one_on_average(rng):
    block = sampled_block(rng)
    state, activation = (rng.standard_normal((1, 4, 4, 6)).astype("float32") for _ in range(2))
    states, activations = (np.repeat(a, 4096, axis=0) for a in (state, activation))
    noise = rng.standard_normal((4096, 4, 4, 2)).astype("float32")
    run = compiled(lambda s, noise, a: block(s, noise, activation=a).latent, block)
    output = run(states, noise, activations)
    kl = to_numpy(output.kl).sum((1, 2, 3))
    closed = to_numpy(output.posterior.kl(output.prior)).sum((1, 2, 3))[0]
    assert abs(kl.mean() - closed) < 4 * kl.std() / np.sqrt(4096)
    assert kl.std() > 0.1
    np.testing.assert_array_equal(to_numpy(output.log_ratio), to_numpy(output.kl))


def test_with_a_flow_the_kl_counts_its_determinant_once(rng):
    block = sampled_block(rng, Shift())
    state, activation = (rng.standard_normal((3, 4, 4, 6)).astype("float32") for _ in range(2))
    noise = rng.standard_normal((3, 4, 4, 2)).astype("float32")
    output = block(state, noise, activation=activation).latent
    start = to_numpy(output.posterior.sample(noise)).astype("float64")
    np.testing.assert_allclose(to_numpy(output.z), start + start**3, rtol=1e-5, atol=1e-6)
    log_q = to_numpy(output.posterior.log_prob(start)).sum((1, 2, 3))
    log_p = to_numpy(output.prior.log_prob(output.z)).sum((1, 2, 3))
    log_det = np.log(1 + 3 * start**2).sum((1, 2, 3))
    np.testing.assert_allclose(
        to_numpy(output.kl).sum((1, 2, 3)), log_q - log_det - log_p, rtol=1e-4
    )


@pytest.mark.parametrize(("strength", "least_gain"), [(0.01, 2.0), (0.001, 20.0)])
def test_the_closed_kl_is_a_control_variate_of_that_with_a_flow(rng, strength, least_gain):
    """The same mean, from the same noise, with a variance that vanishes with the flow."""
    block = sampled_block(rng, Shift(strength), analytical_kl=True)
    state, activation = (rng.standard_normal((1, 4, 4, 6)).astype("float32") for _ in range(2))
    states, activations = (np.repeat(a, 4096, axis=0) for a in (state, activation))
    noise = rng.standard_normal((4096, 4, 4, 2)).astype("float32")
    run = compiled(lambda s, noise, a: block(s, noise, activation=a).latent, block)
    output = run(states, noise, activations)
    kl, log_ratio = (
        to_numpy(value).sum((1, 2, 3), dtype="float64") for value in (output.kl, output.log_ratio)
    )
    difference = kl - log_ratio
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(4096)
    assert log_ratio.std() > least_gain * kl.std() > 0.0


def test_a_flow_does_not_touch_samples_of_the_prior(rng):
    state = rng.standard_normal((3, 4, 4, 6)).astype("float32")
    noise = rng.standard_normal((3, 4, 4, 2)).astype("float32")
    output = sampled_block(rng, Shift())(state, noise).latent
    np.testing.assert_array_equal(to_numpy(output.z), to_numpy(output.prior.sample(noise)))
