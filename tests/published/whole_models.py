"""Whole models of published code against reference arrays of them."""

import numpy as np
from keras import ops

from hvae.published import CODEBASES
from tests.conftest import read_published
from tests.harness import compiled, gradients_and_outputs


def assert_model_agrees(golden, name, tolerance=1e-5, gradient_tolerance=1e-4):
    """Likelihood parameters, NLL, KL, samples' parameters and a gradient are the file's.

    Args:
        golden: the fixture.
        name: of a file with the keys `params`, `nll`, `kl`, `uncond_params`, `grad`.
        tolerance: largest difference, of the largest number of each.
        gradient_tolerance: the same of the gradient.
    """
    d, state, hparams = read_published(golden, name)
    model = CODEBASES[str(d["importer"])]().read(state, hparams)
    images, noise = d["x_uint8"], _noise(d, "noise/")

    def loss():
        output = model(images, noise)
        return -ops.mean(output.elbo) / float(d["grad_divisor"]), output

    (slope,), output = gradients_and_outputs(loss, [model.encoder.stem[0].kernel])
    _assert_close(output.parameters, d["params"], tolerance)
    _assert_close(output.nll, d["nll"], tolerance)
    _assert_close(output.kl, d["kl"], tolerance)
    _assert_close(slope.transpose(3, 2, 0, 1), d["grad"], gradient_tolerance)

    temperature = d["uncond_temperature"].tolist()
    draw = compiled(lambda *noise: model.top_down(noise, temperature=temperature), model)
    _assert_close(draw(*_noise(d, "uncond_noise/")).parameters, d["uncond_params"], tolerance)


def _noise(d, prefix):
    return tuple(d[k] for k in sorted(k for k in d.files if k.startswith(prefix)))


def _assert_close(result, expected, tolerance):
    difference = np.abs(ops.convert_to_numpy(result) - expected).max()
    assert difference <= tolerance * np.abs(expected).max()
