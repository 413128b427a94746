"""Transforms of known images, and of random ones against NumPy."""

import math

import numpy as np
import pytest
from keras import ops

from hvae.training.loss.augmentation import Augmentation
from tests.harness import compiled

pytestmark = pytest.mark.every_backend

DOWN, RIGHT, ANGLE, ZOOM, MIRROR = range(Augmentation.num_uniforms)


def images_of(height, width, count=1, channels=1, seed=0):
    shape = (count, height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


def unchanged(count=1):
    return np.full((count, Augmentation.num_uniforms), 0.5, "float32")


def random_uniforms(count, seed=0):
    shape = (count, Augmentation.num_uniforms)
    return np.random.default_rng(seed).uniform(size=shape).astype("float32")


def transformed(images, uniforms, can_flip=False, **magnitudes):
    augmentation = Augmentation(can_flip)
    for name, value in magnitudes.items():
        setattr(augmentation, name, value)
    tensors = map(ops.convert_to_tensor, (images, uniforms))
    return ops.convert_to_numpy(compiled(augmentation)(*tensors))


def one(images, which, uniform, **settings):
    """All images transformed in one way."""
    uniforms = unchanged(len(images))
    uniforms[:, which] = uniform
    return transformed(images, uniforms, **settings)


@pytest.mark.parametrize("can_flip", [False, True])
@pytest.mark.parametrize("size", [(8, 8), (7, 9), (1, 5)])
def test_in_the_middle_of_the_intervals_nothing_changes(size, can_flip):
    images = images_of(*size, count=3, channels=3)
    copies = transformed(images, unchanged(3), can_flip)
    assert copies.dtype == np.uint8
    np.testing.assert_array_equal(copies, images)


@pytest.mark.parametrize("size", [8, 9])
@pytest.mark.parametrize(("uniform", "turns"), [(0.75, 1), (0.25, -1), (1.0, 2)])
def test_angles_are_counter_clockwise(size, uniform, turns):
    images = images_of(size, size, count=2, channels=3)
    copies = one(images, ANGLE, uniform, max_angle=math.pi)
    np.testing.assert_array_equal(copies, np.rot90(images, turns, axes=(1, 2)))


def test_shifts_are_parts_of_height_and_width_and_repeat_the_border():
    images = images_of(8, 6)
    down = one(images, DOWN, 1.0, max_shift=0.25)
    np.testing.assert_array_equal(down, images[:, [0, 0, 0, 1, 2, 3, 4, 5]])
    left = one(images, RIGHT, 0.0, max_shift=1 / 6)
    np.testing.assert_array_equal(left, images[:, :, [1, 2, 3, 4, 5, 5]])


def test_zoom_is_about_the_centre():
    images = images_of(8, 8)
    larger, kept = one(images, ZOOM, 1.0, max_zoom=1.0), [2, 2, 3, 3, 4, 4, 5, 5]
    np.testing.assert_array_equal(larger, images[:, kept][:, :, kept])
    images = images_of(9, 9)
    smaller, kept = one(images, ZOOM, 0.0, max_zoom=0.5), [0, 0, 0, 2, 4, 6, 8, 8, 8]
    np.testing.assert_array_equal(smaller, images[:, kept][:, :, kept])


def test_only_what_can_be_mirrored_is():
    images = images_of(8, 7, count=2, channels=3)
    np.testing.assert_array_equal(one(images, MIRROR, 0.49, can_flip=True), images[:, :, ::-1])
    np.testing.assert_array_equal(one(images, MIRROR, 0.49), images)


def test_it_is_the_affine_map_of_the_documented_size():
    """Mirror, zoom and turn about the centre, then shift: matrices, inverted by NumPy."""
    count, height, width = 8, 40, 30
    images, uniforms = images_of(height, width, count), random_uniforms(count)
    uniforms[: count // 2] = np.round(uniforms[: count // 2])  # the ends of the intervals
    copies = transformed(images, uniforms, can_flip=True)
    places = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), -1)
    centre = np.array([height - 1, width - 1]) / 2
    for image, copy, numbers in zip(images, copies, uniforms):
        down, right, angle, zoom, mirror = 2 * numbers.astype("float64") - 1
        cos, sin = np.cos(np.pi / 12 * angle), np.sin(np.pi / 12 * angle)
        # (y, x) with y downwards.
        turn = np.array([[cos, -sin], [sin, cos]])
        matrix = turn @ np.diag([1, -1 if mirror < 0 else 1]) * (1 + 0.1 * zoom)
        shift = 0.05 * np.array([height * down, width * right])
        source = (places - centre - shift) @ np.linalg.inv(matrix).T + centre
        rows, columns = np.moveaxis(np.floor(source + 0.5).astype(int), -1, 0)
        expected = image[rows.clip(0, height - 1), columns.clip(0, width - 1)]
        assert np.mean(copy == expected) > 0.999  # but for ties


def test_every_image_is_transformed_in_its_own_way():
    images = np.repeat(images_of(16, 16), 12, axis=0)
    copies, again = (transformed(images, random_uniforms(12)) for _ in range(2))
    assert len(np.unique(copies.reshape(12, -1), axis=0)) == 12
    np.testing.assert_array_equal(copies, again)


def test_binary_images_stay_binary():
    images = images_of(16, 16, count=20) % 2
    copies = transformed(images, random_uniforms(20))
    assert copies.dtype == np.uint8 and set(np.unique(copies)) == {0, 1}


@pytest.mark.tensorflow
def test_xla_and_the_graph_agree():
    import tensorflow as tf

    images, uniforms = images_of(32, 32, 16, channels=3), random_uniforms(16)
    augmentation = Augmentation(can_flip=True)
    graph, xla = (
        tf.function(augmentation, jit_compile=jit)(images, uniforms).numpy()
        for jit in (False, True)
    )
    np.testing.assert_array_equal(graph, xla)
