import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.composition.flow_sequence import FlowSequence
from hvae.flows.composition.squeezed import Squeezed
from tests.flows.harness import build_random, random_latents, run_flow_test


@pytest.mark.parametrize("shape", [(8, 8, 2), (4, 4, 4), (2, 2, 4), (2, 6, 1)], ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(Squeezed(ActNorm()), shape, scale=0.5)


def test_everything_returns_to_its_place():
    z = random_latents((4, 6, 3))
    flow = Squeezed(FlowSequence([]))
    flow.build((None, 4, 6, 3))
    np.testing.assert_array_equal(ops.convert_to_numpy(flow(z).z), z)


def test_the_four_pixels_of_a_channel_become_four_channels():
    flow = build_random(Squeezed(ActNorm()), (4, 6, 3), scale=0.0)
    flow.flow.shift.assign(np.arange(12.0))
    moved = ops.convert_to_numpy(flow(np.zeros((1, 4, 6, 3), "float32")).z)[0]
    square = np.arange(12.0).reshape(3, 2, 2).transpose(1, 2, 0)  # row, column, channel
    np.testing.assert_array_equal(moved, np.tile(square, (2, 3, 1)))
