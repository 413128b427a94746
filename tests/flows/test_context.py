"""Flows that hold others hand the context on, in both directions."""

import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.base import Flow
from hvae.flows.composition.flipped import Flipped
from hvae.flows.composition.flow_sequence import FlowSequence
from hvae.flows.composition.split import Split
from hvae.flows.composition.squeezed import Squeezed
from hvae.flows.posterior.sylvester import OrthogonalSylvesterFlow
from tests.flows.harness import build_random, random_context, random_latents, run_flow_test
from tests.harness import compiled

SHAPE = (2, 4, 3)


def sylvester(context_width=3):
    return OrthogonalSylvesterFlow(num_ortho_vecs=4, context_width=context_width)


COMPOSITES = {
    "sequence": lambda: FlowSequence([ActNorm(), sylvester(), Flipped(sylvester())]),
    "split": lambda: Split(sylvester()),
    "flipped": lambda: Flipped(sylvester()),
    "squeezed": lambda: Squeezed(sylvester(12)),
    "nested": lambda: Squeezed(FlowSequence([ActNorm(), Split(Flipped(sylvester(12)))])),
}


@pytest.mark.parametrize("make", COMPOSITES.values(), ids=COMPOSITES)
def test_a_flow_inside_reads_it(make):
    flow = make()
    assert flow.context_width == 3
    run_flow_test(flow, SHAPE, scale=0.2)
    z = random_latents(SHAPE, count=2)
    context = random_context(flow, z)
    run = compiled(lambda z, context: flow(z, context=context), flow)
    for found, other in zip(run(z, context), run(z, context + 1.0)):
        assert np.abs(ops.convert_to_numpy(found - other)).max() > 1e-3


class Context(Flow):
    """z' = z + the context: shows which pixel of the context a pixel of the latent meets."""

    def __init__(self, context_width):
        super().__init__()
        self.context_width = context_width

    def call(self, z, context=None):
        return z + context, ops.zeros_like(z[:, 0, 0, 0])


@pytest.mark.parametrize("composite", [Squeezed, Flipped])
def test_it_is_moved_as_the_pixels_of_the_latent(composite):
    """Added before or after the move, it is the same, but for channels, which Flipped reverses."""
    width = SHAPE[-1]
    flow = build_random(composite(Context(4 * width if composite is Squeezed else width)), SHAPE, 0)
    z = random_latents(SHAPE)
    context = random_context(flow, z)
    expected = z + (context if composite is Squeezed else context[..., ::-1])
    np.testing.assert_array_equal(ops.convert_to_numpy(flow(z, context=context).z), expected)


def test_widths_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="of one width. Received: context_width=2, 3"):
        FlowSequence([sylvester(2), ActNorm(), sylvester(3)])
    with pytest.raises(ValueError, match="a multiple of four. Received: context_width=6"):
        Squeezed(sylvester(6))


@pytest.mark.parametrize("around", [lambda f: f, Flipped, Split, lambda f: FlowSequence([f])])
def test_a_flow_without_an_inverse_says_so(around):
    with pytest.raises(NotImplementedError, match="^Context has no inverse.$"):
        around(Context(0)).inverse(ops.zeros((1, 2, 4, 3)))
