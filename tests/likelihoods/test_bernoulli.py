import numpy as np
from keras import ops

from hvae.likelihoods.bernoulli import Bernoulli
from tests.harness import gradient

likelihood = Bernoulli(channels=1, levels=2)


def test_nll_agrees_with_numpy(rng):
    logits = (3 * rng.standard_normal((4, 5, 6, 1))).astype("float32")
    images = rng.integers(0, 2, logits.shape)
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -np.log(np.where(images == 1, p, 1 - p)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(
        ops.convert_to_numpy(likelihood.nll(logits, images)), expected, rtol=1e-5
    )


def test_nll_of_certain_pixels_is_exact_and_its_gradient_finite():
    logits = np.array([1e4, -1e4, 1e4, 40.0], "float32").reshape(1, 2, 2, 1)
    images = np.array([1, 0, 0, 1]).reshape(1, 2, 2, 1)
    assert ops.convert_to_numpy(likelihood.nll(logits, images))[0] == 1e4
    slope = gradient(lambda t: ops.sum(likelihood.nll(t, images)), logits)
    np.testing.assert_allclose(slope.ravel(), [0.0, 0.0, 1.0, 0.0], atol=1e-6)


def test_mean_mode_and_samples(rng):
    logits = np.array([-1.0, 0.5], "float32").reshape(1, 1, 2, 1)
    mean = ops.convert_to_numpy(likelihood.mean(logits))
    np.testing.assert_allclose(mean.ravel(), 1 / (1 + np.exp([1.0, -0.5])), rtol=1e-5)
    assert ops.convert_to_numpy(likelihood.mode(logits)).ravel().tolist() == [0.0, 1.0]
    uniforms = {"logistic": rng.uniform(1e-6, 1 - 1e-6, (40000, 1, 2, 1)).astype("float32")}
    samples = ops.convert_to_numpy(likelihood.sample(np.repeat(logits, 40000, axis=0), uniforms))
    np.testing.assert_allclose(samples.mean(axis=0), mean[0], atol=0.012)
    assert likelihood.noise_shapes(3, 4, 5) == {"logistic": (3, 4, 5, 1)}


def test_grey_levels_give_the_mean_over_binary_draws(rng):
    logits = np.append(rng.standard_normal(6), [1e4, -1e4]).astype("float32").reshape(1, 2, 4, 1)
    grey = Bernoulli(channels=1, levels=256)
    images = np.array([0, 255, 51, 128, 200, 1, 255, 0]).reshape(logits.shape)
    black, white = (
        ops.convert_to_numpy(likelihood.nll(logits.reshape(8, 1, 1, 1), np.full((8, 1, 1, 1), v)))
        for v in (0, 1)
    )
    share = images.ravel() / 255
    expected = (share * white + (1 - share) * black).sum()
    np.testing.assert_allclose(
        ops.convert_to_numpy(grey.nll(logits, images)), [expected], rtol=1e-5
    )
    assert grey.unit == "nats" and set(ops.convert_to_numpy(grey.mode(logits)).ravel()) <= {
        0.0,
        1.0,
    }
    assert ops.convert_to_numpy(grey.unscale(grey.mode(logits))).max() == 255
    slope = gradient(lambda t: ops.sum(grey.nll(t, images)), logits)
    p = ops.convert_to_numpy(grey.mean(logits)).ravel()
    np.testing.assert_allclose(slope.ravel(), p - share, atol=1e-5)


def test_a_mean_of_binary_pixels_is_shown_in_grey():
    logits = np.array([-1e4, -1.0, 0.0, 0.5, 1e4], "float32").reshape(1, 1, 5, 1)
    shown = ops.convert_to_numpy(likelihood.mean_integers(logits)).ravel()
    assert shown.tolist() == [0, 69, 128, 159, 255]  # 255 σ(l)
    assert [likelihood.output_levels(o) for o in ("mean", "mode", "sample")] == [256, 2, 2]
    grey = Bernoulli(channels=1, levels=256)
    assert ops.convert_to_numpy(grey.mean_integers(logits)).ravel().tolist() == shown.tolist()
