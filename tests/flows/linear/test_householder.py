"""Columns are orthonormal whatever the vectors are."""

import numpy as np
import pytest
from keras import ops

from hvae.flows.linear.householder import orthonormal_columns
from tests.harness import compiled, gradient

SHAPES = {"a place": (1, 1), "fewer": (16, 5), "all": (8, 8), "large": (4096, 16)}
LENGTHS = {"ordinary": 1.0, "huge": 1e6, "vast": 1e30, "tiny": 1e-20, "zero": 0.0}


def columns_of(vectors):
    run = compiled(lambda vectors: orthonormal_columns(vectors, vectors.shape[-1]))
    return ops.convert_to_numpy(run(ops.convert_to_tensor(vectors)))


def error(columns):
    gram = np.swapaxes(columns, -1, -2).astype("float64") @ columns
    return np.abs(gram - np.eye(columns.shape[-1])).max()


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_columns_are_orthonormal(shape, length, rng):
    vectors = rng.uniform(-1.0, 1.0, (3, 2, *shape)).astype("float32") * np.float32(length)
    assert error(columns_of(vectors)) < 1e-5


def test_columns_are_orthonormal_for_vectors_of_mixed_lengths(rng):
    lengths = 10.0 ** rng.uniform(-9, 9, (200, 1, 6)) * (rng.random((200, 1, 6)) > 0.2)
    vectors = (rng.standard_normal((200, 12, 6)) * lengths).astype("float32")
    assert error(columns_of(vectors)) < 1e-5


def test_columns_are_orthonormal_for_vectors_that_are_nearly_the_same(rng):
    vectors = rng.standard_normal((50, 64, 1)) + 1e-5 * rng.standard_normal((50, 64, 16))
    assert error(columns_of(vectors.astype("float32"))) < 1e-5


def test_they_are_the_first_columns_of_the_product(rng):
    vectors = rng.standard_normal((7, 3)).astype("float32")
    product = np.eye(7)
    for v in vectors.T.astype("float64"):
        product = product @ (np.eye(7) - 2.0 * np.outer(v, v) / (v @ v))
    np.testing.assert_allclose(columns_of(vectors), product[:, :3], atol=1e-6)


@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_the_gradient_is_finite(length, rng):
    vectors = rng.uniform(-1.0, 1.0, (9, 4)).astype("float32") * np.float32(length)
    target = ops.convert_to_tensor(rng.standard_normal((9, 4)).astype("float32"))
    slope = gradient(lambda v: ops.sum(orthonormal_columns(v, 4) * target), vectors)
    assert np.isfinite(slope).all()
    # Along a vector its reflection stays the same.
    along = (slope * vectors).sum(axis=0)
    assert np.abs(along).max() <= 1e-4
    assert length < 1e-6 or np.abs(slope * length).max() > 0.01
