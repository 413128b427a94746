"""Discretized mixture of logistics: published numbers, and first principles."""

import numpy as np
from keras import ops

from hvae.likelihoods.dmol import DiscretizedMixtureOfLogistics
from tests.harness import gradient


def test_nll_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    for levels, images, key in (
        (256, d["dmol_x_uint8"], "dmol_nll_nats_per_dim"),
        (32, d["dmol_x_5bit"], "dmol_nll_5bit_nats_per_dim"),
    ):
        likelihood = DiscretizedMixtureOfLogistics(3, levels, int(d["dmol_num_mixtures"]))
        nll = ops.convert_to_numpy(likelihood.nll(d["dmol_params"], images))
        np.testing.assert_allclose(nll / images[0].size, d[key], rtol=1e-5)


def test_gradient_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    likelihood = DiscretizedMixtureOfLogistics(3, 256, int(d["dmol_num_mixtures"]))
    images = d["dmol_x_uint8"]
    dims = images[0].size
    slope = gradient(lambda p: ops.sum(likelihood.nll(p, images)) / dims, d["dmol_params"])
    expected = d["dmol_grad_params"]
    largest = np.abs(expected).max()
    np.testing.assert_allclose(slope, expected, rtol=1e-4, atol=1e-4 * largest)


def test_sampler_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    likelihood = DiscretizedMixtureOfLogistics(3, 256, int(d["dmol_num_mixtures"]))
    uniforms = {"mixture": d["dmol_uniform_mixture"], "logistic": d["dmol_uniform_logistic"]}
    sample = ops.convert_to_numpy(likelihood.sample(d["dmol_params"], uniforms))
    np.testing.assert_allclose(sample, d["dmol_sample"], rtol=1e-5, atol=1e-5)
