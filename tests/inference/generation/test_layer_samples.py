"""What is shared, redrawn and fixed in a grid of one part of the hierarchy."""

import numpy as np
import pytest
from keras import ops

from hvae.inference.generation.layer_samples import LayerSampler
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import lvae_config, nvae_config, randomize, tiny_config


@pytest.fixture(scope="module", params=[tiny_config(dec_num_blocks=(2, 1)), lvae_config()])
def model(request):
    return randomize(HVAE(request.param), scale=0.3)


@pytest.fixture(scope="module")
def sampler(model):
    return LayerSampler(model, rows=3, columns=4, batch_size=5)


def parts(model):
    count = len(model.config.latent_scales)
    return [range(i, i + 1) for i in range(count)] + [range(1, count)]


def test_above_is_shared_in_a_row_and_differs_between_rows(model, sampler):
    for blocks in parts(model):
        for z in sampler(blocks).z[: blocks.start]:
            assert (z == z[:, :1]).all()
            assert len(np.unique(z[:, 0], axis=0)) == 3


def test_columns_redraw(model, sampler):
    for blocks in parts(model):
        samples = sampler(blocks)
        for i in blocks:
            assert len(np.unique(samples.z[i].reshape(12, -1), axis=0)) == 12
        assert samples.images.shape == (3, 4, 8, 8, 1)
        assert (samples.images != samples.images[:, :1]).any()


def test_below_is_at_the_mean_of_its_prior(model, sampler):
    """Given z down to the part, the decoder at temperature 0 finds the rest again."""
    for blocks in parts(model):
        samples = sampler(blocks)
        flat = [z.reshape(12, *z.shape[2:]) for z in samples.z]
        given = [z if i < blocks.stop else None for i, z in enumerate(flat)]
        output = model.top_down(latent_noise(model, range(12), seed=5), None, 0.0, given)
        for z, latent in list(zip(flat, output.latents))[blocks.stop :]:
            mean = ops.convert_to_numpy(latent.prior.mean)
            np.testing.assert_allclose(z, mean, rtol=1e-4, atol=1e-5)


def test_grids_of_other_parts_share_what_is_above_both(model, sampler):
    last = len(model.config.latent_scales) - 1
    first = sampler(range(0, 1)).z[0]
    np.testing.assert_array_equal(
        sampler(range(last, last + 1)).z[0], np.repeat(first[:, :1], 4, 1)
    )


def test_batches_do_not_matter_and_a_floor_of_the_standard_deviation_has_a_mode_too():
    model = randomize(HVAE(nvae_config()), scale=0.3)
    whole, batches = (LayerSampler(model, rows=2, columns=3, batch_size=n) for n in (100, 4))
    for a, b in zip(whole(range(1)).z, batches(range(1)).z):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert (whole(range(0), temperature=0.0).z[0] == whole(range(0)).z[0]).all()
