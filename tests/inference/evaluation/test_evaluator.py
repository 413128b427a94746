import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.evaluation.evaluator import Evaluator, mean_and_standard_error
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()), scale=0.2)


@pytest.fixture(scope="module")
def evaluate(model):
    """Its batches are of 1, 7 or 100 images, as the test sets it."""
    return Evaluator(model)


@pytest.mark.every_backend
def test_evaluation_is_that_of_the_model_whatever_the_batches(model, evaluate):
    """Batches that divide ten images, and that do not: what fills them up must not count."""
    images = random_images(model.config, 10)
    results = []
    for evaluate.batch_size in (1, 7, 100):
        results.append(evaluate(images, num_samples=2, seed=3))
    of_samples = [
        {**evaluate._score.run((images, latent_noise(model, range(10), 3, k), np.ones(10, "f")))}
        for k in range(2)
    ]
    nll, kl = (np.mean([scores[name] for scores in of_samples], axis=0) for name in ("nll", "kl"))
    units = [np.mean(b, axis=(0, 1)) / 10 for b in zip(*(s["kl_of_units"] for s in of_samples))]
    for evaluation in results:
        np.testing.assert_allclose(evaluation.nll, nll, rtol=1e-6)
        np.testing.assert_allclose(evaluation.kl, kl, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(evaluation.elbo, -evaluation.nll - evaluation.kl.sum(axis=1))
        for result, expected in zip(evaluation.kl_of_units, units):
            np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-7)
            assert result.sum() > 0


@pytest.mark.every_backend
def test_an_image_alone_is_what_it_is_among_others_if_it_has_its_number(model, evaluate):
    images = random_images(model.config, 10)
    evaluate.batch_size = 7
    elbo = evaluate(images, seed=3).elbo
    alone = evaluate(images[8:9], seed=3, numbers=[8]).elbo
    np.testing.assert_allclose(alone, elbo[8:9], rtol=1e-6)
    assert abs(evaluate(images[8:9], seed=3).elbo[0] - elbo[8]) > 1e-3


@pytest.mark.parametrize("numbers", [[1], [0, -1], [0.0, 1.0]])
def test_wrong_numbers_are_refused(model, evaluate, numbers):
    with pytest.raises(UserError, match="numbers: must be 2 whole numbers from 0 on"):
        evaluate(random_images(model.config, 2), numbers=numbers)


def test_more_samples_average_and_narrow_the_spread(model):
    images = random_images(model.config, 8)
    evaluate = Evaluator(model, batch_size=8)
    one, other = (evaluate(images, num_samples=1, seed=s).nll for s in (0, 1))
    many, many_others = (evaluate(images, num_samples=12, seed=s).nll for s in (0, 1))
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
