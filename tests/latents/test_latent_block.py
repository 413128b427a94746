import numpy as np
import pytest
from keras import ops

from hvae.flows.base import Flow, FlowOutput
from hvae.latents.latent_block import LatentBlock
from hvae.latents.vdvae_variant import VDVAEVariant


@pytest.fixture
def block(rng):
    variant = VDVAEVariant(z_width=2, state_width=6, middle_width=4, activation="silu")
    block = LatentBlock(variant, std_param="exp")
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    for weight in block.weights:
        weight.assign(0.3 * rng.standard_normal(weight.shape))
    return block


@pytest.fixture
def tensors(rng):
    shapes = ((3, 4, 4, 6), (3, 4, 4, 2), (3, 4, 4, 6))
    return [ops.convert_to_tensor(rng.standard_normal(s).astype("float32")) for s in shapes]


def to_numpy(value):
    return ops.convert_to_numpy(value)


def test_with_an_activation_z_comes_from_the_posterior(block, tensors):
    state, noise, activation = tensors
    output = block(state, noise, activation=activation)
    q, p = output.posterior, output.prior
    expected = to_numpy(q.mean) + np.exp(to_numpy(q.log_std)) * to_numpy(noise)
    np.testing.assert_allclose(to_numpy(output.z), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(to_numpy(output.kl), to_numpy(q.kl(p)), rtol=1e-6)
    assert np.abs(to_numpy(q.mean) - to_numpy(p.mean)).max() > 0.01


def test_without_an_activation_z_comes_from_the_tempered_prior(block, tensors):
    state, noise, activation = tensors
    output = block(state, noise, temperature=0.5)
    p = block(state, noise, activation=activation).prior
    expected = to_numpy(p.mean) + 0.5 * np.exp(to_numpy(p.log_std)) * to_numpy(noise)
    np.testing.assert_allclose(to_numpy(output.z), expected, rtol=1e-5, atol=1e-6)
    assert output.posterior is None and output.kl is None


def test_a_given_z_is_used_and_leads_to_the_same_state(block, tensors):
    state, noise, activation = tensors
    drawn = block(state, noise, activation=activation)
    given = block(state, noise, z=drawn.z)
    np.testing.assert_array_equal(to_numpy(given.z), to_numpy(drawn.z))
    np.testing.assert_allclose(to_numpy(given.state), to_numpy(drawn.state), rtol=1e-5, atol=1e-6)


def test_the_prior_starts_as_standard(tensors):
    """Zero-initialised: mean 0, log std 0, no residual, whatever the state."""
    state, noise, _ = tensors
    block = LatentBlock(VDVAEVariant(2, 6, 4), std_param="exp")
    p = block(state, noise).prior
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
    output = block(ops.cast(state, "bfloat16"), noise, activation=ops.cast(activation, "bfloat16"))
    assert output.z.dtype == output.kl.dtype == output.posterior.mean.dtype
    z = to_numpy(output.z)
    assert z.dtype == np.float32
    expected = to_numpy(output.posterior.mean) + np.exp(
        to_numpy(output.posterior.log_std)
    ) * to_numpy(noise)
    # bfloat16 noise would be off by percents.
    np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-6)


class Shift(Flow):
    """z₀ + z₀³: a flow whose determinant is known."""

    def call(self, z, context=None):
        log_det = ops.sum(ops.log(1 + 3 * ops.square(z)), axis=(1, 2, 3))
        return FlowOutput(z + z * z * z, log_det)


def sampled_block(rng, flow=None):
    variant = VDVAEVariant(z_width=2, state_width=6, middle_width=4, activation="silu")
    block = LatentBlock(variant, std_param="exp", analytical_kl=False, flow=flow)
    block.build((None, 4, 4, 6), (None, 4, 4, 6))
    for weight in block.weights:
        weight.assign(0.3 * rng.standard_normal(weight.shape))
    return block


def test_a_sampled_kl_is_the_closed_one_on_average(rng):
    block = sampled_block(rng)
    state, activation = (rng.standard_normal((1, 4, 4, 6)).astype("float32") for _ in range(2))
    states, activations = (np.repeat(a, 4096, axis=0) for a in (state, activation))
    noise = rng.standard_normal((4096, 4, 4, 2)).astype("float32")
    output = block(states, noise, activation=activations)
    kl = to_numpy(output.kl).sum((1, 2, 3))
    closed = to_numpy(output.posterior.kl(output.prior)).sum((1, 2, 3))[0]
    assert abs(kl.mean() - closed) < 4 * kl.std() / np.sqrt(4096)
    assert kl.std() > 0.1


def test_with_a_flow_the_kl_counts_its_determinant_once(rng):
    block = sampled_block(rng, Shift())
    state, activation = (rng.standard_normal((3, 4, 4, 6)).astype("float32") for _ in range(2))
    noise = rng.standard_normal((3, 4, 4, 2)).astype("float32")
    output = block(state, noise, activation=activation)
    start = to_numpy(output.posterior.sample(noise)).astype("float64")
    np.testing.assert_allclose(to_numpy(output.z), start + start**3, rtol=1e-5, atol=1e-6)
    log_q = to_numpy(output.posterior.log_prob(start)).sum((1, 2, 3))
    log_p = to_numpy(output.prior.log_prob(output.z)).sum((1, 2, 3))
    log_det = np.log(1 + 3 * start**2).sum((1, 2, 3))
    np.testing.assert_allclose(
        to_numpy(output.kl).sum((1, 2, 3)), log_q - log_det - log_p, rtol=1e-4
    )


def test_a_flow_does_not_touch_samples_of_the_prior(rng):
    state = rng.standard_normal((3, 4, 4, 6)).astype("float32")
    noise = rng.standard_normal((3, 4, 4, 2)).astype("float32")
    output = sampled_block(rng, Shift())(state, noise)
    np.testing.assert_array_equal(to_numpy(output.z), to_numpy(output.prior.sample(noise)))
