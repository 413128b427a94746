import numpy as np
import pytest
from keras import ops

from hvae.attention.keys_values import KeysValues
from hvae.attention.sources import Sources


@pytest.fixture
def made(rng):
    def tensor(height, width):
        return ops.convert_to_tensor(rng.standard_normal((2, height, 2, 1, width)))

    shapes = [(1, 5), (1, 5), (1, 6), (2, 6), (2, 6)]
    return [KeysValues(tensor(height, 3), tensor(height, width)) for height, width in shapes]


def test_those_of_one_shape_are_stacked_when_another_comes(made):
    sources, shapes = Sources(), []
    for source in made:
        sources.add(source)
        shapes.append([tuple(s.values.shape[1:]) for s in sources])
    one, wider, larger = (1, 2, 1, 5), (1, 2, 1, 6), (2, 2, 1, 6)
    assert shapes == [
        [one],
        [one, one],
        [(1, 2, 2, 5), wider],
        [(1, 2, 2, 5), wider, larger],
        [(1, 2, 2, 5), wider, larger, larger],
    ]
    for part in range(2):
        stacked = ops.convert_to_numpy(list(sources)[0][part])
        singles = [ops.convert_to_numpy(source[part]) for source in made[:2]]
        np.testing.assert_array_equal(stacked, np.concatenate(singles, axis=3))


def test_nothing_is_copied_before(made):
    sources = Sources()
    for source in made:
        sources.add(source)
    for kept, source in zip(list(sources)[-2:], made[-2:]):
        assert kept.keys is source.keys and kept.values is source.values
