import numpy as np
import pytest

from hvae.inference.evaluation.evaluator import Evaluator, mean_and_standard_error
from hvae.model import HVAE
from hvae.noise.draws import draw_normal
from tests.conftest import random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()), scale=0.2)


def test_evaluation_is_that_of_the_model_whatever_the_batches(model):
    """Ten images in batches of four: the last is filled up, which must not count."""
    images = random_images(model.config, 10)
    evaluation = Evaluator(model, batch_size=4)(images, seed=3)
    rng = np.random.default_rng(3)
    nll, kl = [], []
    units = [0.0] * len(model.noise_shapes(1))
    for start in range(0, 10, 4):
        batch = images[start : start + 4]
        noise = tuple(n[: len(batch)] for n in draw_normal(model.noise_shapes(4), rng))
        output = model(batch, noise)
        from keras import ops

        nll.append(ops.convert_to_numpy(output.nll))
        kl.append(ops.convert_to_numpy(output.kl))
        units = [u + ops.convert_to_numpy(z.kl).sum(axis=0) for u, z in zip(units, output.latents)]
    np.testing.assert_allclose(evaluation.nll, np.concatenate(nll), rtol=1e-5)
    np.testing.assert_allclose(evaluation.kl, np.concatenate(kl), rtol=1e-4)
    np.testing.assert_allclose(evaluation.elbo, -evaluation.nll - evaluation.kl.sum(axis=1))
    for result, expected in zip(evaluation.kl_of_units, units):
        np.testing.assert_allclose(result, expected / 10, rtol=1e-4, atol=1e-7)
        assert result.sum() > 0


def test_more_samples_average_and_narrow_the_spread(model):
    images = random_images(model.config, 8)
    evaluate = Evaluator(model, batch_size=8)
    one, other = (evaluate(images, num_samples=1, seed=s).nll for s in (0, 1))
    many, many_others = (evaluate(images, num_samples=32, seed=s).nll for s in (0, 1))
    assert np.abs(many - many_others).mean() < 0.5 * np.abs(one - other).mean()


def test_units_without_information_are_not_active():
    """A new model's last layers of q do carry a little; a prior equal to q carries none."""
    model = HVAE(tiny_config())
    for weight in model.decoder.weights:
        weight.assign(np.zeros(weight.shape))
    evaluation = Evaluator(model)(random_images(model.config, 4))
    assert evaluation.active_units == (0, 0)
    assert Evaluator(randomize(model, 0.5))(random_images(model.config, 4)).active_units[0] > 0


def test_mean_and_standard_error():
    mean, error = mean_and_standard_error(np.array([1.0, 2.0, 3.0, 6.0]))
    assert mean == 3.0 and error == pytest.approx(np.sqrt(14 / 3 / 4))
