import keras
import numpy as np
import pytest
from keras import ops

from hvae.families.lvae.lvae_top_variant import LVAETopVariant
from hvae.families.lvae.lvae_variant import LVAEVariant
from tests.conftest import assign

pytestmark = pytest.mark.every_backend

SHAPE = (3, 4, 2, 6)


def to_numpy(value):
    return ops.convert_to_numpy(value)


@pytest.fixture
def tensors(rng):
    shapes = (SHAPE, SHAPE, (3, 4, 2, 2))
    return [ops.convert_to_tensor(rng.standard_normal(s).astype("float32")) for s in shapes]


def built(variant, rng):
    variant.build((None, *SHAPE[1:]))
    for weight in variant.trainable_weights:
        assign(weight, 0.3 * rng.standard_normal(weight.shape))
    return variant


VARIANTS = {
    "skip": lambda: LVAEVariant(2, 6, skip=True, block_options={"nonlin": "relu"}),
    "linear": lambda: LVAEVariant(2, 6, residual_merge=False),
    "top": lambda: LVAETopVariant(4, 2, 2, 6),
    "fixed top": lambda: LVAETopVariant(4, 2, 2, 6, learn_prior=False),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_shapes_and_configuration_round_trip(name, tensors, rng):
    state, activation, z = tensors
    variant = built(VARIANTS[name](), rng)
    config = keras.saving.serialize_keras_object(variant)
    copy = keras.saving.deserialize_keras_object(config)
    if not copy.built:
        copy.build((None, *SHAPE[1:]))
    copy.set_weights(variant.get_weights())
    results = []
    for v in (variant, copy):
        prior = v.prior(state)
        results.append(
            (prior.parameters, v.posterior(state, activation, prior), v.next_state(prior, z))
        )
    for first, second in zip(*results):
        np.testing.assert_allclose(to_numpy(first), to_numpy(second), rtol=1e-6)
    assert [tuple(value.shape) for value in results[0]] == [(3, 4, 2, 4), (3, 4, 2, 4), SHAPE]


def test_the_skip_connection_is_what_the_state_takes_around_z(tensors, rng):
    state, _, z = tensors
    for skip in (False, True):
        variant = built(LVAEVariant(2, 6, skip=skip), rng)
        ends = [to_numpy(variant.next_state(variant.prior(s), z)) for s in (state, state + 1.0)]
        assert (ends[0] != ends[1]).any() == skip


@pytest.mark.parametrize("learn", [False, True])
def test_the_top_knows_no_state(learn, tensors, rng):
    state, activation, _ = tensors
    variant = built(LVAETopVariant(4, 2, 2, 6, learn_prior=learn), rng)
    prior = variant.prior(state)
    parameters = to_numpy(prior.parameters)
    np.testing.assert_array_equal(parameters, to_numpy(variant.prior(state + 1.0).parameters))
    np.testing.assert_array_equal(parameters, np.repeat(parameters[:1], 3, axis=0))
    assert parameters.any() == learn
    posteriors = [to_numpy(variant.posterior(s, activation, prior)) for s in (state, state + 1.0)]
    np.testing.assert_array_equal(*posteriors)


def test_the_learned_prior_starts_as_standard(tensors):
    variant = LVAETopVariant(4, 2, 2, 6)
    variant.build((None, *SHAPE[1:]))
    assert not to_numpy(variant.prior(tensors[0]).parameters).any()
