"""What training is compared with computes what the published code and our model compute."""

import json

import numpy as np
import pytest
import torch
from keras import ops

from benchmarks.training.cases import CASES
from benchmarks.training.engines import ENGINES
from benchmarks.training.plain_vdvae import PlainVDVAE, TrainingStep
from hvae.model import HVAE
from hvae.published.openai_vdvae.hyperparameters import openai_vdvae_config
from hvae.published.openai_vdvae.tensors import OpenAIVDVAE
from hvae.training.config import TrainingConfig
from tests.conftest import normal_noise, random_images
from utils.command_line.training_request import parse_training_arguments


def model_config(*flags):
    return parse_training_arguments([*flags, "--no-save"]).experiment.model


def tensors(noise):
    return [torch.from_numpy(np.moveaxis(n, -1, 1).copy()) for n in noise]


def part(d, prefix):
    return {k.removeprefix(prefix): d[k] for k in d.files if k.startswith(prefix)}


@pytest.mark.parametrize("name, parameters", [("cifar10", 39_145_700), ("small", 458_532)])
def test_it_has_as_many_parameters_as_our_model(name, parameters):
    config = model_config(*CASES[name])
    with torch.device("meta"):
        plain = PlainVDVAE(config)
    assert sum(p.numel() for p in plain.parameters()) == parameters
    assert HVAE(config).count_params() == parameters


def test_it_gives_our_model_s_numbers():
    narrow = ("--stage_in_width", "8", "--enc_middle_width", "4", "--dec_middle_width", "4")
    few = ("--enc_num_blocks", "1", "1", "0", "0", "0", "1")
    latents = ("--dec_num_blocks", "2", "1", "1", "1", "0", "2", "--z_width", "2")
    config = model_config("--config", "cifar10", *narrow, *few, *latents)
    torch.manual_seed(0)
    plain = PlainVDVAE(config)
    with torch.no_grad():
        for parameter in plain.parameters():
            # None may be zero: all have to take part.
            parameter.normal_(0, 0.3)
    ours = OpenAIVDVAE().read({k: v.numpy() for k, v in plain.state_dict().items()}, config)
    images, noise = random_images(config, 2), normal_noise(ours.noise_shapes(2))
    with torch.no_grad():
        nll, kl = plain(torch.from_numpy(images), tensors(noise))
    output = ours(images, noise)
    np.testing.assert_allclose(nll, ops.convert_to_numpy(output.nll), rtol=1e-5)
    np.testing.assert_allclose(kl, ops.convert_to_numpy(output.kl), rtol=1e-4)


def test_it_trains_as_the_published_code_does(golden):
    """36 updates: warm-up, clipped and skipped ones, weights and averages at the end."""
    d = golden("openai_vdvae_training.npz")
    settings = json.loads(str(d["optimizer_json"]))
    training = TrainingConfig(
        learning_rate=settings["lr"],
        adam_beta1=settings["betas"][0],
        adam_beta2=settings["betas"][1],
        weight_decay=settings["weight_decay"],
        gradient_clipnorm=settings["clip_norm"],
        gradient_skipnorm=settings["skip_threshold"],
        ema_decay=settings["ema_rate"],
    )
    model = PlainVDVAE(openai_vdvae_config(json.loads(str(d["hparams_json"]))))
    start = part(d, "start/")
    model.load_state_dict({name: torch.from_numpy(value) for name, value in start.items()})
    step = TrainingStep(model, training, settings["warmup_updates"])
    noise = [value for _, value in sorted(part(d, "noise/").items())]
    results = [
        step(torch.from_numpy(images), tensors(n[i] for n in noise))
        for i, images in enumerate(d["images"])
    ]
    losses, norms, skipped = zip(*results)
    np.testing.assert_allclose(losses, d["loss_nats_per_dim"], rtol=1e-5)
    np.testing.assert_allclose(norms, d["gradient_norm"], rtol=1e-3)
    np.testing.assert_array_equal(skipped, d["skipped"])
    assert any(skipped) and not all(skipped)
    for trained, prefix in ((model, "end/"), (step.average, "end_ema/")):
        state, expected = trained.state_dict(), part(d, prefix)
        assert state.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_allclose(state[name].numpy(), value, atol=1e-5, err_msg=name)


def test_it_stands_for_published_models_only():
    supports = ENGINES["torch_eager"].supports
    assert supports(model_config("--config", "cifar10"))
    for name in ("digits", "cifar10_attention", "cifar10_sylvester", "cifar10_lvae", "ffhq256"):
        assert not supports(model_config("--config", name)), name
