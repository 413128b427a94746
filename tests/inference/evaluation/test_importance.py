"""The importance-weighted bound, on a model whose likelihood is known and on an HVAE."""

import tracemalloc

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from hvae.inference.evaluation.evaluator import Evaluator
from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import random_images, randomize, tiny_config

LATENTS, DIMS, NOISE = 2, 5, 0.6


def log_normal(x, mean, std):
    """Log density of independent Gaussians, `(batch,)`."""
    values = -0.5 * np.square((x - mean) / std) - np.log(std) - 0.5 * np.log(2 * np.pi)
    return values.reshape(len(x), -1).sum(axis=1)


class LinearGaussian:
    """z ~ N(0, I), x|z ~ N(Wz, s²I), and as q the posterior with another mean and width."""

    def __init__(self, shift=0.3, widening=1.3, seed=0):
        rng = np.random.default_rng(seed)
        self.w = rng.standard_normal((DIMS, LATENTS))
        precision = np.eye(LATENTS) + self.w.T @ self.w / NOISE**2
        self.to_mean = np.linalg.solve(precision, self.w.T) / NOISE**2
        self.shift = shift
        self.covariance = widening**2 * np.linalg.inv(precision)
        self.root = np.linalg.cholesky(self.covariance)
        self.x = rng.standard_normal((40, LATENTS)) @ self.w.T
        self.x += NOISE * rng.standard_normal(self.x.shape)

    def log_weights(self, x, numbers, seed, sample):
        mean = x @ self.to_mean.T + self.shift
        noise = np.random.default_rng((seed, sample)).standard_normal((1 + max(numbers), LATENTS))
        difference = noise[numbers] @ self.root.T
        z = mean + difference
        log_q = multivariate_normal.logpdf(difference, cov=self.covariance)
        log_prior = log_normal(z, 0.0, 1.0)
        return log_normal(x, z @ self.w.T, NOISE) + log_prior - log_q

    @property
    def log_likelihood(self):
        covariance = self.w @ self.w.T + NOISE**2 * np.eye(DIMS)
        return multivariate_normal.logpdf(self.x, cov=covariance)

    @property
    def elbo(self):
        """log p(x) − KL(q, posterior), which is the same for every x."""
        precision = np.eye(LATENTS) + self.w.T @ self.w / NOISE**2
        ratio = precision @ self.covariance
        mean = np.full(LATENTS, self.shift)
        kl = 0.5 * (
            np.trace(ratio) - LATENTS - np.linalg.slogdet(ratio)[1] + mean @ precision @ mean
        )
        return self.log_likelihood - kl

    def bound(self, num_samples, seed=0, x=None, **options):
        x = self.x if x is None else x
        return importance_weighted_bound(self.log_weights, x, num_samples, seed, **options)


def test_one_sample_is_the_elbo_on_average():
    linear = LinearGaussian()
    draws = np.stack([linear.bound(1, seed) for seed in range(400)])
    error = draws.mean(axis=1).std() / np.sqrt(400)
    assert abs(draws.mean() - linear.elbo.mean()) < 4 * error
    assert error < 0.1 * (linear.log_likelihood - linear.elbo).mean()


def test_it_rises_with_k_to_the_likelihood_and_never_falls_below_the_elbo():
    linear, repeats = LinearGaussian(), 20
    exact, elbo = linear.log_likelihood.mean(), linear.elbo.mean()
    many = np.repeat(linear.x, repeats, axis=0)
    bounds = linear.bound((2, 8, 32, 128, 1000), x=many, batch_size=len(many))
    bounds = bounds.reshape(5, -1, repeats)
    means = bounds.mean(axis=(1, 2))
    errors = bounds.mean(axis=1).std(axis=1, ddof=1) / np.sqrt(repeats)
    assert (np.diff(means) > 0).all()
    assert (means > elbo - 4 * errors).all() and (means < exact + 4 * errors).all()
    assert exact - means[-1] < 0.02 * (exact - elbo) + 4 * errors[-1]
    np.testing.assert_allclose(
        bounds[-1], linear.log_likelihood[:, None].repeat(repeats, 1), atol=0.5
    )


def test_with_the_true_posterior_every_k_gives_the_likelihood():
    linear = LinearGaussian(shift=0.0, widening=1.0)
    for k in (1, 3):
        np.testing.assert_allclose(linear.bound(k), linear.log_likelihood, rtol=1e-10)


def test_batches_that_are_filled_up_give_every_image_its_own_bound():
    """With the true posterior nothing is left to chance: no image may be mixed up."""
    linear = LinearGaussian(shift=0.0, widening=1.0)
    expected = linear.log_likelihood[:11]
    result = linear.bound(2, x=linear.x[:11], batch_size=4)
    np.testing.assert_allclose(result, expected, rtol=1e-10)


@pytest.mark.parametrize("batch_size", [1, 7, 100])
def test_the_bound_does_not_depend_on_the_batches(batch_size):
    linear = LinearGaussian()
    expected = linear.bound(5, batch_size=40)
    np.testing.assert_allclose(linear.bound(5, batch_size=batch_size), expected, rtol=1e-12)
    alone = linear.bound(5, x=linear.x[17:18], numbers=[17])
    np.testing.assert_allclose(alone, expected[17:18], rtol=1e-12)


def test_several_k_come_from_one_pass_and_are_each_its_own():
    linear, steps = LinearGaussian(), []

    def counted(work):
        steps.extend(work)
        return work

    bounds = linear.bound((7, 1, 3), batch_size=20, progress=counted)
    assert len(steps) == 2 * 7
    for bound, k in zip(bounds, (7, 1, 3)):
        np.testing.assert_array_equal(bound, linear.bound(k, batch_size=20))


def test_memory_does_not_depend_on_k():
    """300 weights of 2000 images, kept, would be five megabytes."""
    linear = LinearGaussian()
    many = np.repeat(linear.x, 50, axis=0)

    def peak(num_samples):
        tracemalloc.start()
        linear.bound(num_samples, x=many, batch_size=len(many))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(300) < peak(2) + 100_000


def run(model, function, images, seed):
    """A function of the model's output, compiled: op by op, JAX would compile each one."""
    noise = latent_noise(model, range(len(images)), seed, sample=2)
    return CompiledFunction(model, lambda x: function(model(*x))).run((images, noise))


def densities(output):
    """NLL, and for every block z and the parameters of prior and posterior."""
    latents = [
        (z.z, (z.prior.mean, z.prior.log_std), (z.posterior.mean, z.posterior.log_std))
        for z in output.latents
    ]
    return output.nll, latents


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()), scale=0.2)


def test_weights_are_those_of_the_densities(model):
    """Against log p(x|z) + log p(z) − log q(z|x) from means and deviations, in float64."""
    images = random_images(model.config, 3)
    weights = LogWeights(model)(images, range(3), seed=5, sample=2)
    nll, latents = run(model, densities, images, 5)
    expected = -nll.astype(np.float64)
    for z, prior, posterior in latents:
        log_p, log_q = (
            log_normal(z.astype(np.float64), mean.astype(np.float64), np.exp(log_std, dtype=float))
            for mean, log_std in (prior, posterior)
        )
        expected += log_p - log_q
    np.testing.assert_allclose(weights, expected, rtol=1e-5)


def test_with_a_flow_the_weights_know_its_determinant():
    """There the KL is that of the sample itself, and the weight is the ELBO of the sample."""
    flow = {"flow_type": "sylvester", "num_flows": 1, "flow_in_ch": 3, "num_ortho_vecs": 2}
    model = randomize(HVAE(tiny_config(analytical_kl=False, **flow)), scale=0.3)
    assert any(block.flow is not None for block in model.decoder.blocks)
    images = random_images(model.config, 3)
    weights = LogWeights(model)(images, range(3), seed=5, sample=2)
    elbo = run(model, lambda output: output.elbo, images, 5)
    np.testing.assert_allclose(weights, elbo, rtol=1e-5)


def test_the_bound_of_a_model_lies_above_its_elbo(model):
    images = random_images(model.config, 20)
    elbo = Evaluator(model)(images, num_samples=8, seed=1).elbo
    log_weights = LogWeights(model)
    one, many = (importance_weighted_bound(log_weights, images, k) for k in (1, 16))
    assert abs((one - elbo).mean()) < 4 * (one - elbo).std() / np.sqrt(20)
    assert (many - elbo).mean() > 0


@pytest.mark.every_backend
def test_the_bound_of_a_model_does_not_depend_on_the_batches(model):
    images, log_weights = random_images(model.config, 4), LogWeights(model)
    bounds = [importance_weighted_bound(log_weights, images, 3, 1, size) for size in (1, 3, 100)]
    for bound in bounds[:2]:
        np.testing.assert_allclose(bound, bounds[2], rtol=1e-6)
    alone = importance_weighted_bound(log_weights, images[2:3], 3, 1, numbers=[2])
    np.testing.assert_allclose(alone, bounds[2][2:3], rtol=1e-6)
