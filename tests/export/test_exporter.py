"""Exports are verified, replaced whole, and refused where they are wrong."""

import json
import math
import shutil

import keras
import numpy as np
import pytest

from hvae.deploy import OpenVINOModel
from hvae.deploy.manifest import read_manifest
from hvae.errors import UserError
from hvae.export.exporter import Exporter
from hvae.export.parts import PARTS
from hvae.export.program import Program
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import one_block_config, random_images, randomize
from tests.export.conftest import CASES

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("op_by_op")]

SCORE = ("score",)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", CASES)
def test_the_manifest_says_how_far_the_numbers_are(exported, name):
    source = exported(name)
    manifest = read_manifest(source.folder)
    assert manifest.batch == CASES[name][2] and tuple(manifest.parts) == CASES[name][1]
    for name, part in manifest.parts.items():
        compared = {port.name for port in part.outputs}
        # What makes images is compared too: of pixels it is only known how many differ.
        compared |= {"parameters"} if name in ("generate", "reconstruct") else set()
        assert set(part.verification["differences"]) == compared
        assert max(part.verification["differences"].values()) <= 1e-5
        assert part.verification["images"] == 5
    size = source.model.config.image_size
    described = {port.name: port for port in manifest.parts["score"].inputs}
    assert described["images"].shape == (*size, source.model.config.image_channels)
    assert described["images"].dtype == "uint8"


def test_int8_reports_what_it_loses_and_refuses_more(tmp_path, monkeypatch):
    folder = tmp_path / "int8"
    # Of weights as small as the other tests' little is lost: float32 has too few digits of it.
    model = randomize(HVAE(one_block_config()), scale=0.3)
    images = random_images(model.config, 5)
    export = Exporter(model, precision="int8", max_bits_lost=1.0, seed=7)
    written, write = tmp_path / "written", export.format.write

    def write_once(program, folder, calibration):
        if not written.exists():
            written.mkdir()
            write(program, written, calibration)
        shutil.copytree(written, folder, dirs_exist_ok=True)

    monkeypatch.setattr(export.format, "write", write_once)
    manifest = export(folder, images, SCORE, calibration=images)
    reported = manifest.parts["score"].verification["bits_per_dim_lost"]
    own = OpenVINOModel(folder).score(images, seed=7).elbo
    expected = model(images, latent_noise(model, range(5), 7)).elbo
    nats = np.abs(own - expected)
    assert nats.mean() > 10_000 * np.spacing(np.abs(expected).max())
    dims = model.config.num_dims * math.log(2)
    np.testing.assert_allclose(reported, nats.mean() / dims, rtol=1e-3)
    assert reported < 1.0
    assert "FakeQuantize" in (folder / "score.xml").read_text()
    before = content(folder)
    export.max_bits_lost = 0.5 * reported
    with pytest.raises(UserError, match="score in int8 loses .* bits/dim, allowed is"):
        export(folder, images, SCORE, calibration=images)
    assert content(folder) == before and not list(tmp_path.glob(".*"))


def test_fp16_weights_take_half_the_space(vdvae, tmp_path):
    export = Exporter(vdvae.model, precision="fp16")
    manifest = export(tmp_path / "fp16", vdvae.images, ("generate",))
    lost = manifest.parts["generate"].verification["bits_per_dim_lost"]
    assert lost != 0.0 and abs(lost) < 1e-3
    half, whole = ((f / "generate.bin").stat().st_size for f in (tmp_path / "fp16", vdvae.folder))
    assert half < 0.7 * whole


@pytest.mark.parametrize("format", ["onnx", "saved_model"])
def test_other_formats_give_the_same_numbers(small, tmp_path, format):
    model, images = small
    Exporter(model, format)(tmp_path / format, images, SCORE)
    noise = latent_noise(model, range(5), 0)
    inputs = {"images": images, **{f"noise_{i:02d}": x for i, x in enumerate(noise)}}
    if format == "onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(tmp_path / "onnx" / "score.onnx")
        assert {x.name for x in session.get_inputs()} == set(inputs)
        (elbo,) = session.run(["elbo"], inputs)
    else:
        path = tmp_path / "saved_model" / "score"
        elbo = keras.layers.TFSMLayer(path, call_endpoint="serve")(inputs)["elbo"]
    np.testing.assert_allclose(elbo, model(images, noise).elbo, rtol=1e-5)


def test_a_wrong_program_is_not_written(small, tmp_path, monkeypatch):
    model, images = small
    call = Program.call

    def nearly(self, inputs):
        return {name: 1.001 * values for name, values in call(self, inputs).items()}

    monkeypatch.setattr(Program, "call", nearly)
    with pytest.raises(UserError, match="score: elbo is off by 1.0e-03 .* nothing was written"):
        Exporter(model)(tmp_path / "wrong", images, SCORE)
    assert not list(tmp_path.iterdir())


def test_only_an_export_is_replaced(small, copy, tmp_path):
    model, images = small
    keepsake = tmp_path / "mine"
    keepsake.mkdir()
    (keepsake / "thesis.tex").write_text("")
    with pytest.raises(UserError, match="mine is not an export, it is not replaced"):
        Exporter(model)(keepsake, images, SCORE)
    Exporter(model)(copy, images, SCORE)
    assert {path.name for path in copy.iterdir()} == {"manifest.json", "score.bin", "score.xml"}
    assert list(json.loads((copy / "manifest.json").read_text())["parts"]) == ["score"]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda m: Exporter(m, "tflite"), "format: allowed are onnx, openvino, saved_model"),
        (lambda m: Exporter(m, "onnx", "int8"), "precision: onnx allows fp32. Received: int8"),
        (lambda m: Exporter(m, batch=0), "batch: must be at least 1, or dynamic. Received: 0"),
    ],
)
def test_mistakes(vdvae, use, message):
    with pytest.raises(UserError, match=message):
        use(vdvae.model)


def test_mistakes_of_a_call(vdvae, tmp_path):
    export = Exporter(vdvae.model, precision="int8")
    with pytest.raises(UserError, match="calibration: int8 needs images"):
        export(tmp_path / "x", vdvae.images, SCORE)
    with pytest.raises(UserError, match="images: must have shape"):
        export(tmp_path / "x", vdvae.images, SCORE, calibration=vdvae.images[:0])
    with pytest.raises(UserError, match="parts: allowed are compress, detect, .* Received: decode"):
        Exporter(vdvae.model)(tmp_path / "x", vdvae.images, ("decode",))
    with pytest.raises(UserError, match="images: must have shape"):
        Exporter(vdvae.model)(tmp_path / "x", vdvae.images[:, :5], SCORE)


def test_noise_under_the_prior_generates_the_reconstruction(vdvae):
    """What `bits_per_dim_lost` of generate stands on."""
    parts = {name: PARTS[name](vdvae.model) for name in ("generate", "reconstruct")}
    made = {
        n: part.call(part.inputs_of(vdvae.images, 3))["parameters"] for n, part in parts.items()
    }
    np.testing.assert_allclose(made["generate"], made["reconstruct"], atol=1e-4)
    judge = parts["generate"].judge
    nll = judge.nll(np.asarray(made["generate"]), vdvae.images)
    expected = vdvae.model(vdvae.images, latent_noise(vdvae.model, range(5), 3)).nll
    np.testing.assert_allclose(nll, expected, rtol=1e-4)


def test_cost_of_latents_is_their_elbo(vdvae):
    """What `bits_per_dim_lost` of encode stands on."""
    noise = latent_noise(vdvae.model, range(5), 3)
    output = vdvae.model(vdvae.images, noise)
    latents = vdvae.model.encode(vdvae.images, seed=3)
    cost = PARTS["encode"](vdvae.model).judge.cost(vdvae.images, latents.z, latents.std)
    # −log p(x, z) + log q(z|x), of which the cost lacks what is the same for every q.
    one_sample = output.nll + sum(np.sum(x.log_ratio, axis=(1, 2, 3)) for x in output.latents)
    constant = sum(0.5 * np.sum(n * n + math.log(2 * math.pi), axis=(1, 2, 3)) for n in noise)
    np.testing.assert_allclose(cost - constant, one_sample, rtol=1e-4)
