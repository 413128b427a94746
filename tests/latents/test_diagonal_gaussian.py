import numpy as np
import pytest
from keras import ops

from hvae.latents.diagonal_gaussian import DiagonalGaussian
from tests.harness import gradient


def gaussian(mean, log_std):
    return DiagonalGaussian(ops.convert_to_tensor(mean), ops.convert_to_tensor(log_std))


def numpy_kl(q_mean, q_log_std, p_mean, p_log_std):
    q_mean, q_log_std, p_mean, p_log_std = (
        a.astype("float64") for a in (q_mean, q_log_std, p_mean, p_log_std)
    )
    ratio = np.exp(2 * (q_log_std - p_log_std))
    distance = (q_mean - p_mean) / np.exp(p_log_std)
    return 0.5 * (ratio + distance**2 - 1) - (q_log_std - p_log_std)


def test_kl_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    q = gaussian(d["kl_q_mean"], d["kl_q_logstd"])
    p = gaussian(d["kl_p_mean"], d["kl_p_logstd"])
    np.testing.assert_allclose(ops.convert_to_numpy(q.kl(p)), d["kl_nats"], rtol=1e-5)


def test_kl_is_never_negative(rng):
    """Not even where q and p differ by less than float32 can hold."""
    mean, log_std = (rng.standard_normal((500, 4, 4, 2)).astype("float32") for _ in range(2))
    for distance in (0.0, 1e-8, 1e-6, 1e-4, 1e-2, 1.0, 10.0):
        change = [distance * rng.standard_normal(mean.shape).astype("float32") for _ in range(2)]
        q_mean, q_log_std = mean + change[0], log_std + change[1]
        kl = ops.convert_to_numpy(gaussian(q_mean, q_log_std).kl(gaussian(mean, log_std)))
        assert (kl >= 0).all()
        expected = numpy_kl(q_mean, q_log_std, mean, log_std)
        if distance > 1e-3:
            np.testing.assert_allclose(kl, expected, rtol=1e-3, atol=1e-7)


def test_kl_of_equal_distributions_is_zero_with_zero_gradient(rng):
    mean, log_std = (rng.standard_normal((2, 3, 3, 2)).astype("float32") for _ in range(2))
    p = gaussian(mean, log_std)
    assert not ops.convert_to_numpy(p.kl(p)).any()
    slope = gradient(lambda s: ops.sum(DiagonalGaussian(p.mean, s).kl(p)), log_std)
    np.testing.assert_allclose(slope, 0.0, atol=1e-6)


@pytest.mark.parametrize("std_param", ["softplus", "exp"])
def test_sample_has_the_moments_it_should(rng, std_param):
    parameters = np.full((20000, 1, 1, 2), 0.7, "float32")
    beta = 0.5
    q = DiagonalGaussian.from_parameters(ops.convert_to_tensor(parameters), std_param, beta)
    noise = rng.standard_normal((20000, 1, 1, 1)).astype("float32")
    z = ops.convert_to_numpy(q.sample(ops.convert_to_tensor(noise)))
    std = np.log1p(np.exp(beta * 0.7)) / beta if std_param == "softplus" else np.exp(0.7)
    assert abs(z.mean() - 0.7) < 4 * std / np.sqrt(20000)
    assert abs(z.std() / std - 1) < 0.03


def test_temperature_scales_the_standard_deviation_only(rng):
    p = gaussian(np.full((1, 2, 2, 1), 3.0, "float32"), np.full((1, 2, 2, 1), 0.5, "float32"))
    noise = ops.convert_to_tensor(rng.standard_normal((1, 2, 2, 1)).astype("float32"))
    warm, cool = (ops.convert_to_numpy(p.sample(noise, t)) for t in (1.0, 0.25))
    np.testing.assert_allclose(cool - 3.0, 0.25 * (warm - 3.0), rtol=1e-5)
    assert (ops.convert_to_numpy(p.sample(noise, 0.0)) == 3.0).all()


@pytest.mark.parametrize("raw", [-200.0, -50.0, 0.0, 50.0])
def test_softplus_parameters_have_finite_gradients_at_the_edges(raw):
    parameters = np.full((1, 1, 1, 2), raw, "float32")

    def log_std(t):
        return ops.sum(DiagonalGaussian.from_parameters(t, "softplus", 0.7).log_std)

    assert np.isfinite(gradient(log_std, parameters)).all()


def test_log_prob_is_that_of_a_gaussian(rng):
    mean, log_std, noise = (rng.standard_normal((3, 2, 2, 2)).astype("float32") for _ in range(3))
    q = gaussian(mean, log_std)
    z = ops.convert_to_numpy(q.sample(noise)).astype("float64")
    std = np.exp(log_std.astype("float64"))
    expected = -0.5 * ((z - mean) / std) ** 2 - np.log(std * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(ops.convert_to_numpy(q.log_prob(z)), expected, rtol=1e-5, atol=1e-6)
    of_noise = ops.convert_to_numpy(q.log_prob_of_noise(noise))
    np.testing.assert_allclose(of_noise, expected, rtol=1e-5, atol=1e-6)


def test_log_prob_of_noise_needs_no_difference_of_near_equal_numbers():
    """Where std is 1e-9 of the mean, z is the mean in float32."""
    q = gaussian(np.full((1, 1, 1, 1), 100.0, "float32"), np.full((1, 1, 1, 1), -16.0, "float32"))
    noise = np.full((1, 1, 1, 1), 2.0, "float32")
    expected = -0.5 * 4.0 + 16.0 - 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(
        ops.convert_to_numpy(q.log_prob_of_noise(noise)), expected, rtol=1e-6
    )


@pytest.mark.parametrize(
    ("std_param", "is_floor_tempered"), [("soft_clamp", False), ("soft_clamp_tempered", True)]
)
def test_soft_clamp_bounds_mean_and_log_std_and_keeps_a_floor(std_param, is_floor_tempered, rng):
    raw = np.array([[[[300.0, 0.4, -300.0, 0.2]]]], "float32")
    q = DiagonalGaussian.from_parameters(ops.convert_to_tensor(raw), std_param, 1.0)
    clamped = 5 * np.tanh(raw.astype("float64") / 5)
    np.testing.assert_allclose(ops.convert_to_numpy(q.mean), clamped[..., :2], rtol=1e-6)
    std = np.exp(clamped[..., 2:]) + 0.01
    np.testing.assert_allclose(np.exp(ops.convert_to_numpy(q.log_std)), std, rtol=1e-5)
    noise = rng.standard_normal((1, 1, 1, 2)).astype("float32")
    for t in (1.0, 0.7, 0.1):
        z = ops.convert_to_numpy(q.sample(noise, t))
        floor = 0.01 * (t if is_floor_tempered else 1.0)
        expected = clamped[..., :2] + (t * np.exp(clamped[..., 2:]) + floor) * noise
        np.testing.assert_allclose(z, expected, rtol=1e-4, atol=1e-6)
    z = ops.convert_to_numpy(q.sample(noise, 0.0))
    np.testing.assert_array_equal(z, ops.convert_to_numpy(q.mean))
