"""Published weights give published numbers."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config
from hvae.published.efficient_vdvae.tensors import RayhaneEfficientVDVAE
from tests.conftest import read_published
from tests.harness import compiled
from tests.published.openai_vdvae.test_tensors import assert_close, noise_of
from tests.published.whole_models import assert_model_agrees


@pytest.fixture(scope="module")
def reference(golden):
    return read_published(golden, "efficient_vdvae_tiny.npz")


@pytest.fixture
def model(reference):
    _, state, hparams = reference
    return RayhaneEfficientVDVAE().read(state, hparams)


def test_numbers_agree(reference, model):
    d, _, _ = reference
    output = model(d["x_uint8"], noise_of(d, "noise/"))
    assert_close(output.parameters, d["logits"])
    assert_close(output.nll / model.config.num_dims, d["nll_nats_per_dim"])
    assert_close(output.kl, d["kl_nats_per_block"])


def test_unconditional_numbers_agree(reference, model):
    d, _, _ = reference
    temperature = float(d["uncond_temperature"])
    assert_close(
        model.top_down(noise_of(d, "uncond_noise/"), temperature=temperature).parameters,
        d["uncond_logits"],
    )


@pytest.mark.every_backend
def test_numbers_of_log_stds_agree(golden):
    assert_model_agrees(golden, "efficient_vdvae_logstd.npz")


@pytest.mark.parametrize(
    "name",
    [
        "top_down.levels_down_upsample.2.unpool.ops.0.weight",
        "bottom_up.levels_up.2.0.residual_block.0.convs.1.weight",
    ],
)
def test_a_tensor_that_does_not_fit_is_named(reference, name):
    _, state, hparams = reference
    missing = {k: v for k, v in state.items() if k != name}
    transposed = {**state, name: np.swapaxes(state[name], 0, 1)}
    for wrong, message in (
        ({**missing, name + "_": state[name]}, f"lacks {name}"),
        (missing, f"lacks {name}"),
        ({**state, "top_down.surplus": np.zeros(3)}, "has top_down.surplus, for which the model"),
        (transposed, f"{name} does not fit"),
    ):
        with pytest.raises(UserError, match=message):
            RayhaneEfficientVDVAE().read(wrong, hparams)


@pytest.mark.parametrize("base", ["std", "logstd"])
def test_a_residual_posterior_is_relative_to_the_prior(reference, base):
    """By hand: mean added; std multiplied, or log-stds added before β."""
    d, state, hparams = reference
    changed = {**hparams["model"], "use_residual_distribution": True, "distribution_base": base}
    outputs = []
    for model in (changed, {**changed, "use_residual_distribution": False}):
        hvae = RayhaneEfficientVDVAE().read(state, {**hparams, "model": model})
        output = hvae(d["x_uint8"], noise_of(d, "noise/"))
        outputs.append(output.latents[0])
    residual, plain = outputs
    assert_close(
        residual.posterior.mean, to_numpy(plain.posterior.mean) + to_numpy(plain.prior.mean)
    )
    assert_close(
        residual.posterior.log_std,
        to_numpy(plain.posterior.log_std) + to_numpy(plain.prior.log_std),
    )


def to_numpy(value):
    return ops.convert_to_numpy(value)


def test_binary_images_are_padded_as_there(reference):
    """To 32, also where 28 could be halved as often; nothing is set where it could not."""
    _, _, hparams = reference
    data = {**hparams["data"], "dataset_source": "binarized_mnist", "target_res": 32, "channels": 1}
    levels = len(hparams["model"]["up_strides"])
    for stride, least in ((2, 32), (8, 0)):
        strides = [1] * (levels - 2) + [stride, 2]
        model = {**hparams["model"], "up_strides": strides, "down_strides": strides[::-1]}
        config = efficient_vdvae_config({**hparams, "data": data, "model": model})
        assert config.padded_size == (32, 32) and config.min_padded_size == least


def test_missing_hyper_parameters_are_named(reference):
    _, state, hparams = reference
    model = {k: v for k, v in hparams["model"].items() if k != "up_filters"}
    with pytest.raises(UserError, match="hparams: up_filters is missing"):
        RayhaneEfficientVDVAE().read(state, {**hparams, "model": model})


@pytest.mark.every_backend
def test_a_top_level_that_unpools(reference, model):
    """By hand: its state is a smaller one through a convolution, a leaky ReLU and nearest."""
    d, state, hparams = reference
    rng = np.random.default_rng(0)
    _, channels, height, width = state["top_down.trainable_h"].shape
    strides = {"up_strides": [*hparams["model"]["up_strides"][:-1], height]}
    strides["down_strides"] = strides["up_strides"][::-1]
    unpool, last = "top_down.levels_down_upsample.0.unpool", len(strides["up_strides"]) - 1
    added = {
        "top_down.trainable_h": (1, channels, 1, 1),
        f"{unpool}.ops.0.weight": (channels, channels, 1, 1),
        f"{unpool}.ops.0.bias": (channels,),
        f"{unpool}.scale_bias": (1, channels, height, width),
        # There it is computed, and read by nothing.
        f"bottom_up.levels_up_downsample.{last}.pool.ops.0.weight": (3, 3, 2, 2),
        f"bottom_up.levels_up_downsample.{last}.pool.ops.0.bias": (3,),
    }
    added = {name: rng.standard_normal(shape).astype("float32") for name, shape in added.items()}
    changed = {**hparams, "model": {**hparams["model"], **strides}}
    unpooling = RayhaneEfficientVDVAE().read({**state, **added}, changed)

    smaller, kernel, bias, own = list(added.values())[:4]
    projected = np.einsum("bihw,oi->bohw", smaller, kernel[:, :, 0, 0]) + bias[:, None, None]
    top = np.maximum(projected, 0.1 * projected) + own
    model.decoder.initial_states[0].state.assign(top.transpose(0, 2, 3, 1))
    noise = noise_of(d, "noise/")
    output, expected = (compiled(m, m)(d["x_uint8"], noise) for m in (unpooling, model))
    assert_close(output.kl, to_numpy(expected.kl))
    assert_close(output.parameters, to_numpy(expected.parameters))
