import math

import keras
import numpy as np
import pytest
from keras import ops

from hvae.attention.depthwise_attention import DepthwiseAttention
from hvae.attention.keys_values import KeysValues
from tests.conftest import assign
from tests.harness import compiled

SIZE, WIDTH, QUERY_WIDTH = (4, 2), 6, 3
# Size, entries and width of values: smaller, the same and larger, also along one side only.
SOURCES = [((2, 1), 2, 6), ((4, 2), 3, 6), ((4, 1), 1, 6), ((8, 4), 1, 6), ((4, 6), 2, 6)]


def make(rng, num_queries=1, value_widths=(WIDTH,), gamma=0.7, **options):
    layer = DepthwiseAttention(WIDTH, value_widths, num_queries, QUERY_WIDTH, **options)
    layer.build((None, *SIZE, WIDTH), (None, *SIZE, 5))
    for weight in layer.weights:
        assign(weight, rng.standard_normal(weight.shape))
    layer.gamma.assign(gamma)
    return layer


def arrays(rng, sources=SOURCES):
    inputs = rng.standard_normal((2, *SIZE, WIDTH)).astype("float32")
    context = rng.standard_normal((2, *SIZE, 5)).astype("float32")
    made = [
        KeysValues(
            *(
                rng.standard_normal((2, *size, entries, width)).astype("float32")
                for width in (QUERY_WIDTH, values_width)
            )
        )
        for size, entries, values_width in sources
    ]
    return inputs, context, made


def offered(source, image, row, column):
    """Key, value and number of pixels of all that a source has at a place, one by one."""
    _, height, width, entries, _ = source.keys.shape
    for y in range(height):
        for x in range(width):
            rows, columns = max(1, height // SIZE[0]), max(1, width // SIZE[1])
            is_here = y // rows == row * height // SIZE[0] // rows
            if is_here and x // columns == column * width // SIZE[1] // columns:
                for entry in range(entries):
                    place = (image, y, x, entry)
                    yield source.keys[place], source.values[place], rows * columns


def attended(queries, sources, value_width=WIDTH):
    """One attention after the other, one pixel after the other."""
    batch, height, width, count, _ = queries.shape
    result = np.zeros((batch, height, width, count, value_width))
    for image, row, column, query in np.ndindex(batch, height, width, count):
        weights, values = [], []
        for source in sources:
            for key, value, pixels in offered(source, image, row, column):
                score = float(queries[image, row, column, query] @ key) / math.sqrt(QUERY_WIDTH)
                weights.append(math.exp(score) / pixels)
                if source.values.shape[-1] == value_width:
                    values.append((weights[-1], value))
        total = sum(weights)
        for weight, value in values:
            result[image, row, column, query] += weight / total * value
    return result


def queries_of(layer, context):
    queries = ops.convert_to_numpy(compiled(layer.query_net, layer)(context))
    return queries.reshape(*queries.shape[:3], -1, QUERY_WIDTH)


def call(layer, inputs, context, sources):
    sources = [KeysValues(*map(ops.convert_to_tensor, source)) for source in sources]
    attention = compiled(lambda x, context, sources: layer(x, context, sources=sources), layer)
    return ops.convert_to_numpy(attention(inputs, context, sources))


def test_one_query_is_the_loop(rng):
    layer, (inputs, context, sources) = make(rng), arrays(rng)
    expected = inputs + 0.7 * attended(queries_of(layer, context), sources)[:, :, :, 0]
    result = call(layer, inputs, context, sources)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)
    assert layer.combination is None


def test_queries_and_widths_are_combined(rng):
    layer = make(rng, num_queries=2, value_widths=(6, 4))
    inputs, context, sources = arrays(rng, [*SOURCES, ((8, 2), 2, 4), ((1, 1), 1, 4)])
    queries = queries_of(layer, context)
    parts = [attended(queries, sources, width).reshape(2, *SIZE, -1) for width in (6, 4)]
    kernel, bias = (ops.convert_to_numpy(w) for w in layer.combination.weights)
    expected = inputs + 0.7 * (np.concatenate(parts, axis=-1) @ kernel[0, 0] + bias)
    result = call(layer, inputs, context, sources)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


def test_values_of_another_width_are_projected(rng):
    layer = make(rng, value_widths=(4,))
    inputs, context, sources = arrays(rng, [((4, 2), 2, 4)])
    assert call(layer, inputs, context, sources).shape == inputs.shape
    assert tuple(layer.combination.kernel.shape) == (1, 1, 4, WIDTH)


def test_with_equal_scores_every_source_counts_alike_by_its_mean(rng):
    layer, (inputs, context, sources) = make(rng), arrays(rng)
    sources = [source._replace(keys=np.ones_like(source.keys)) for source in sources]
    means, counts = [], [source.values.shape[3] for source in sources]
    for source in sources:
        values = source.values.mean(axis=3)
        for axis, side in ((1, SIZE[0]), (2, SIZE[1])):
            if values.shape[axis] < side:
                values = values.repeat(side // values.shape[axis], axis=axis)
            else:
                shape = list(values.shape)
                shape[axis : axis + 1] = [side, shape[axis] // side]
                values = values.reshape(shape).mean(axis=axis + 1)
        means.append(values)
    expected = inputs + 0.7 * np.average(means, axis=0, weights=counts)
    np.testing.assert_allclose(
        call(layer, inputs, context, sources), expected, rtol=1e-4, atol=1e-5
    )


def test_gamma_starts_at_zero_and_then_nothing_is_added(rng):
    fresh = DepthwiseAttention(WIDTH, (WIDTH,))
    fresh.build((None, *SIZE, WIDTH), (None, *SIZE, 5))
    assert float(fresh.gamma) == 0.0
    layer, (inputs, context, sources) = make(rng, gamma=0.0), arrays(rng)
    np.testing.assert_array_equal(call(layer, inputs, context, sources), inputs)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float32"])
def test_scores_are_float32_under_mixed_precision(rng, policy):
    """Scores 64 to 65: bfloat16 there knows every second quarter only."""
    layer = DepthwiseAttention(WIDTH, (WIDTH,), query_width=4, dtype=policy)
    layer.build((None, *SIZE, WIDTH), (None, *SIZE, 5))
    layer.query_net.convolutions[-1].kernel.assign(np.zeros((1, 1, 4, 4)))
    layer.query_net.convolutions[-1].bias.assign([16.0, 2.0, 0.0, 0.0])
    layer.gamma.assign(1.0)
    inputs, context, _ = arrays(rng, [])
    shares = np.array([0.0, 0.25, 0.5, 0.75, 1.0], "float32")
    keys = np.zeros((2, *SIZE, 5, 4), "float32")
    keys[..., 0], keys[..., 1] = 8.0, shares
    values = np.broadcast_to(np.eye(5, WIDTH, dtype="float32"), (2, *SIZE, 5, WIDTH))
    result = call(layer, np.zeros_like(inputs), context, [KeysValues(keys, values)])
    expected = np.append(np.exp(shares) / np.exp(shares).sum(), 0.0)
    np.testing.assert_allclose(
        result.astype("float32"), np.broadcast_to(expected, result.shape), rtol=1e-2
    )


def test_it_comes_back_from_its_configuration(rng):
    layer = make(rng, num_queries=2, kernel_size=1)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    if not copy.built:
        copy.build((None, *SIZE, WIDTH), (None, *SIZE, 5))
    copy.set_weights(layer.get_weights())
    inputs, context, sources = arrays(rng)
    results = [call(x, inputs, context, sources) for x in (layer, copy)]
    np.testing.assert_array_equal(*results)
