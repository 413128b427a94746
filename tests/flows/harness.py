"""What every flow must do: the determinant, the inverse, the configuration."""

import functools

import keras
import numpy as np
from keras import ops

from hvae.flows.base import FlowOutput
from tests.conftest import assign
from tests.harness import compiled, compiled_jacobian, jacobians

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
    """Build a flow if it is not, and move every weight away from where it starts."""
    if not flow.built:
        flow.build((None, *shape))
    rng = np.random.default_rng(0)
    for weight in flow.weights:
        assign(weight, ops.convert_to_numpy(weight) + scale * rng.standard_normal(weight.shape))
    return flow


def log_dets(flow, z, context=None):
    """log|det ∂z'/∂z| of each latent from the automatic Jacobian, `(batch,)`."""
    if z.size > 4096:
        return _large_log_dets(flow, z, context)
    inputs = (z,) if context is None else (z, context)
    matrices = jacobians(lambda t, h=None: flow(t, context=h).z, *inputs)
    return np.linalg.slogdet(matrices.astype("float64"))[1]


def _large_log_dets(flow, z, context):
    inputs = (z,) if context is None else (z, context)
    matrix = _compiled_jacobian(flow)
    images = zip(*(np.split(array, len(z)) for array in inputs))
    return np.array([np.linalg.slogdet(matrix(*one).astype("float64"))[1] for one in images])


@functools.lru_cache(maxsize=16)  # to trace it takes seconds; a flow comes with other weights too
def _compiled_jacobian(flow):
    return compiled_jacobian(lambda t, h=None: flow(t, context=h).z, flow)


def both_ways(flow, z, context=None):
    """What the flow makes of z, and what its inverse makes of that; NumPy in, NumPy out."""
    outputs = _compiled_both_ways(flow)(z, context)
    return [FlowOutput(*map(ops.convert_to_numpy, output)) for output in outputs]


@functools.lru_cache(maxsize=16)
def _compiled_both_ways(flow):
    def there_and_back(z, context):
        there = flow(z, context=context)
        return there, flow.inverse(there.z, context=context)

    return compiled(there_and_back, flow)


def check_inverse(flow, z, context=None):
    """The inverse takes back what the flow has made of z, and log|det| of both sum to 0.

    Returns:
        What the flow has made of z.
    """
    there, back = both_ways(flow, z, context)
    largest = np.maximum(1.0, np.abs(z).max(axis=(1, 2, 3)))
    assert (np.abs(back.z - z).max(axis=(1, 2, 3)) <= 1e-4 * largest).all()
    assert back.log_det.shape == there.log_det.shape
    error = np.abs(there.log_det + back.log_det)
    assert (error <= 1e-4 * np.maximum(1.0, np.abs(there.log_det))).all()
    return there


def run_flow_test(flow, shape, scale=0.3):
    """Determinant, inverse, configuration and dtype of a flow with random weights.

    A flow with a `context_width` gets a random context.

    Args:
        flow: built or not.
        shape: of a latent, `(height, width, channels)`.
        scale: standard deviation of what is added to the weights.
    """
    flow = build_random(flow, shape, scale)
    z = random_latents(shape)
    context = random_context(flow, z)
    there = check_inverse(flow, z, context)
    assert there.z.shape == z.shape and there.log_det.shape == (len(z),)
    assert np.abs(there.z - z).max() > 0.1 or shape[-1] == 1

    # Of many variables a quarter of the latents, with the largest: a Jacobian has a row for each.
    chosen = slice(None, None, -4 if z[0].size > 32 else -1)
    expected = log_dets(flow, z[chosen], None if context is None else context[chosen])
    error = np.abs(there.log_det[chosen] - expected)
    assert (error <= 1e-4 * np.maximum(1.0, np.abs(expected))).all()

    if keras.config.backend() == "tensorflow":  # Keras's, and so the same under every backend
        _check_configuration(flow, z, context, there.z)


def _check_configuration(flow, z, context, expected):
    """The flow of its configuration does the same in float32, with a mixed dtype policy too."""
    config = keras.saving.serialize_keras_object(flow)
    config["config"]["dtype"] = "mixed_bfloat16"
    copy = keras.saving.deserialize_keras_object(config)
    assert copy.compute_dtype == "float32"
    if not copy.built:
        copy.build((None, *z.shape[1:]))
    copy.set_weights(flow.get_weights())
    found = ops.convert_to_numpy(copy(z, context=context).z)
    np.testing.assert_array_equal(found, expected)
