"""A checkpoint as JAX's code wrote it gives the numbers of that code."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config
from hvae.published.efficient_vdvae_jax.tensors import RayhaneEfficientVDVAEInJAX
from tests.conftest import GOLDEN, read_published
from tests.harness import compiled
from tests.published.openai_vdvae.test_tensors import assert_close, noise_of

CHECKPOINT = GOLDEN / "efficient_vdvae_jax_checkpoint"


@pytest.fixture(scope="module")
def reference(golden):
    d, _, hparams = read_published(golden, "efficient_vdvae_jax_tiny.npz")
    return d, hparams, RayhaneEfficientVDVAEInJAX().load(CHECKPOINT).tensors


@pytest.mark.every_backend
def test_numbers_agree(reference):
    """Of the average; channels of the output in the order of PyTorch's version."""
    d, hparams, tensors = reference
    assert str(d["params_used"]) == "ema_params"
    model = RayhaneEfficientVDVAEInJAX().read(tensors["ema"], hparams)
    output = compiled(lambda *noise: model(d["x_uint8"], noise), model)(*noise_of(d, "noise/"))
    assert_close(output.parameters, d["logits_torch_order"])
    assert_close(output.nll / model.config.num_dims, d["nll_nats_per_dim"])
    assert_close(output.kl, d["kl_nats_per_block_exact"])
    temperature = float(d["uncond_temperature"])
    draw = compiled(lambda *noise: model.top_down(noise, temperature=temperature), model)
    parameters = draw(*noise_of(d, "uncond_noise/")).parameters
    assert_close(parameters, d["uncond_logits_torch_order"])


def test_the_weights_that_training_goes_on_from_are_others(reference):
    d, hparams, tensors = reference
    model = RayhaneEfficientVDVAEInJAX().read(tensors["raw"], hparams)
    output = model(d["x_uint8"], noise_of(d, "noise/"))
    assert_close(output.parameters, d["raw_params_logits"][..., d["torch_channel_order"]])


def test_a_tensor_that_does_not_fit_is_named(reference):
    _, hparams, tensors = reference
    name = "bottom_up/block_up_level_0_0/residual_block_0/conv_0/conv/kernel"
    state = tensors["ema"]
    missing = {k: v for k, v in state.items() if k != name}
    for wrong, message in (
        (missing, f"lacks {name}"),
        ({**state, "top_down/surplus": np.zeros(3)}, "has top_down/surplus, for which the model"),
        ({**state, name: np.swapaxes(state[name], 2, 3)}, f"{name} does not fit"),
    ):
        with pytest.raises(UserError, match=message):
            RayhaneEfficientVDVAEInJAX().read(wrong, hparams)


def test_even_kernels_have_their_odd_row_at_the_end(reference):
    """By hand: as flax pads `"SAME"`, in the first convolution, in cells and in the last one."""
    _, hparams, tensors = reference
    model = {**hparams["model"], "input_kernel_size": [2, 2], "output_kernel_size": [2, 2]}
    model["up_kernel_size"] = [2, 3, 3, 1]
    state = dict(tensors["ema"])
    rng = np.random.default_rng(0)
    for name, kernel in state.items():
        first_level = "block_up_level_0" in name and kernel.shape[:2] == (3, 3)
        if first_level or name.split("/")[1] in ("input_conv", "output_conv") and kernel.ndim == 4:
            state[name] = rng.standard_normal((2, 2, *kernel.shape[2:])).astype("float32")
    hvae = RayhaneEfficientVDVAEInJAX().read(state, {**hparams, "model": model})
    assert hvae.config.even_kernel_padding == "end"
    encoder = hvae.encoder
    cell = encoder.blocks[0][0]
    for layer in (encoder.stem[0], *cell.convolutions[1:-1], hvae.decoder.head.chain[0]):
        kernel, bias = (ops.convert_to_numpy(w) for w in (layer.kernel, layer.bias))
        images = rng.standard_normal((1, 4, 4, kernel.shape[2])).astype("float32")
        padded = np.pad(images, [[0, 0], [0, 1], [0, 1], [0, 0]])
        expected = bias + sum(
            padded[:, i : i + 4, j : j + 4] @ kernel[i, j] for i in (0, 1) for j in (0, 1)
        )
        np.testing.assert_allclose(
            ops.convert_to_numpy(layer(images)), expected, rtol=1e-4, atol=1e-5
        )


def test_the_pytorch_version_pads_otherwise(reference):
    _, hparams, _ = reference
    assert efficient_vdvae_config(hparams).even_kernel_padding == "mixed"


def test_another_file_s_contents_are_refused(tmp_path):
    msgpack = pytest.importorskip("msgpack")
    (tmp_path / "other").write_bytes(msgpack.packb({"step": 3, "params": {}}))
    with pytest.raises(UserError, match="lacks ema_params"):
        RayhaneEfficientVDVAEInJAX().load(tmp_path / "other")
