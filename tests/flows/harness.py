"""What every flow must do: the determinant, the inverse, the configuration."""

import math

import keras
import numpy as np
from keras import ops

from tests.harness import compiled_jacobian, jacobians

SIZES = ((4, 4, 4), (2, 2, 4), (1, 1, 3), (3, 5, 2))


def random_latents(shape, count=20, largest=30.0):
    """`(count, *shape)`, from all zeros to one with a variable of ±`largest`."""
    z = np.random.default_rng(1).standard_normal((count, *shape))
    factors = np.linspace(0.0, largest, count) / np.abs(z).max(axis=(1, 2, 3))
    return (z * factors[:, None, None, None]).astype("float32")


def random_context(flow, z):
    """What a flow reads beside a latent: standard normal, or `None`."""
    if not flow.context_width:
        return None
    shape = (*z.shape[:3], flow.context_width)
    return np.random.default_rng(4).standard_normal(shape).astype("float32")


def build_random(flow, shape, scale):
    """Build a flow, and move every weight away from where it starts."""
    flow.build((None, *shape))
    rng = np.random.default_rng(0)
    for weight in flow.weights:
        weight.assign(ops.convert_to_numpy(weight) + scale * rng.standard_normal(weight.shape))
    return flow


def log_dets(flow, z, context=None, largest_batch=1024):
    """log|det ∂z'/∂z| of each latent from the automatic Jacobian, `(batch,)`."""
    size = math.prod(z.shape[1:])
    if size * len(z) > 4 * largest_batch:
        return _large_log_dets(flow, z, context)
    at_once, results = max(1, largest_batch // size), []
    for start in range(0, len(z), at_once):
        h = None if context is None else context[start : start + at_once]

        def of_latents(t, h=h):
            # As many copies of each context as of its latent.
            return flow(t, context=None if h is None else np.repeat(h, len(t) // len(h), axis=0)).z

        matrices = jacobians(of_latents, z[start : start + at_once]).astype("float64")
        results.append(np.linalg.slogdet(matrices)[1])
    return np.concatenate(results)


def _large_log_dets(flow, z, context):
    inputs = (z,) if context is None else (z, context)
    matrix = compiled_jacobian(lambda t, h=None: flow(t, context=h).z)
    images = zip(*(np.split(array, len(z)) for array in inputs))
    return np.array([np.linalg.slogdet(matrix(*one).astype("float64"))[1] for one in images])


def check_inverse(flow, z, context=None):
    """The inverse takes back what the flow has made of z, and log|det| of both sum to 0."""
    there, log_det = flow(z, context=context)
    back, back_log_det = (ops.convert_to_numpy(x) for x in flow.inverse(there, context=context))
    largest = np.maximum(1.0, np.abs(z).max(axis=(1, 2, 3)))
    assert (np.abs(back - z).max(axis=(1, 2, 3)) <= 1e-4 * largest).all()
    log_det = ops.convert_to_numpy(log_det)
    assert back_log_det.shape == log_det.shape
    error = np.abs(log_det + back_log_det)
    assert (error <= 1e-4 * np.maximum(1.0, np.abs(log_det))).all()


def run_flow_test(flow, shape, scale=0.3):
    """Determinant, inverse, configuration and dtype of a flow with random weights.

    A flow with a `context_width` gets a random context.

    Args:
        flow: not built yet.
        shape: of a latent, `(height, width, channels)`.
        scale: standard deviation of what is added to the weights.
    """
    flow = build_random(flow, shape, scale)
    z = random_latents(shape)
    context = random_context(flow, z)
    there, log_det = (ops.convert_to_numpy(value) for value in flow(z, context=context))
    assert there.shape == z.shape and log_det.shape == (len(z),)
    assert np.abs(there - z).max() > 0.1 or shape[-1] == 1

    expected = log_dets(flow, z, context)
    assert (np.abs(log_det - expected) <= 1e-4 * np.maximum(1.0, np.abs(expected))).all()

    check_inverse(flow, z, context)

    config = {**keras.saving.serialize_keras_object(flow)}
    copy = keras.saving.deserialize_keras_object(config)
    if not copy.built:
        copy.build((None, *shape))
    copy.set_weights(flow.get_weights())
    np.testing.assert_array_equal(ops.convert_to_numpy(copy(z, context=context).z), there)

    mixed = type(flow).from_config({**flow.get_config(), "dtype": "mixed_bfloat16"})
    mixed.build((None, *shape))
    mixed.set_weights(flow.get_weights())
    np.testing.assert_array_equal(ops.convert_to_numpy(mixed(z, context=context).z), there)
