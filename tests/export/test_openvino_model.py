"""An exported model gives what its source gives, and refuses what is not its own."""

import concurrent.futures
import json
import shutil

import numpy as np
import pytest

from hvae.deploy import OpenVINOModel
from hvae.errors import UserError
from hvae.inference.detection.level_bounds import LevelBounds
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise
from tests.export.conftest import CASES

pytestmark = pytest.mark.tensorflow


def assert_close(result, expected):
    assert result.shape == expected.shape and np.isfinite(expected).all()
    assert np.abs(result - expected).max() <= 1e-5 * np.abs(expected).max()


def assert_same_images(result, expected):
    # Rounding to levels may fall differently in a pixel in thousands.
    assert result.dtype == np.uint8 and result.shape == expected.shape
    assert (result != expected).mean() < 0.005


@pytest.mark.parametrize("name", CASES)
def test_generates_the_images_of_the_seed(exported, running, name):
    model, program = exported(name).model, running(name)
    images = program.generate(5, temperature=[0.7, 0.9], seed=3)
    assert_same_images(images, model.generate(5, temperature=[0.7, 0.9], seed=3))
    assert (images != program.generate(5, temperature=[0.7, 0.9], seed=4)).mean() > 0.1
    # Image i is the same however many are drawn, also when the last batch is not full.
    np.testing.assert_array_equal(images[:4], program.generate(4, temperature=[0.7, 0.9], seed=3))


@pytest.mark.parametrize("name", CASES)
def test_scores_as_the_model(exported, running, name):
    source, program = exported(name), running(name)
    noise = latent_noise(source.model, range(5), 2)
    output = source.model(source.images, noise)
    # More than once: an inference must leave nothing behind.
    for _ in range(2):
        result = program.score(source.images, seed=2)
        for field in ("elbo", "nll", "kl"):
            assert_close(getattr(result, field), np.asarray(getattr(output, field)))


def test_bounds_by_level_are_the_models(vdvae, running):
    counts = [1, 0]
    bounds = running("vdvae").level_bounds(vdvae.images, counts, seed=2)
    assert_close(bounds, LevelBounds(vdvae.model)(vdvae.images, counts, seed=2))
    assert_close(bounds[:, 1], running("vdvae").score(vdvae.images, seed=2).elbo)
    with pytest.raises(UserError, match="counts: must be 0 to"):
        running("vdvae").level_bounds(vdvae.images, [-1])


def test_reconstructs_and_encodes_as_the_model(vdvae, running):
    program = running("vdvae")
    result, expected = (
        program.reconstruct(vdvae.images, seed=1),
        vdvae.model.reconstruct(vdvae.images, seed=1),
    )
    assert_same_images(result.images, expected.images)
    assert_close(result.nll, expected.nll)
    latents, expected = (
        program.encode(vdvae.images, seed=1),
        vdvae.model.encode(vdvae.images, seed=1),
    )
    for field in ("mean", "std", "z", "noise"):
        for block, expected_block in zip(getattr(latents, field), getattr(expected, field)):
            assert_close(block, expected_block)


def test_an_image_alone_is_what_it_is_among_others_if_it_has_its_number(vdvae, running):
    program, alone = running("vdvae"), vdvae.images[3:4]
    options = {"seed": 1, "numbers": [3]}
    assert_close(
        program.score(alone, **options).elbo, program.score(vdvae.images, seed=1).elbo[3:4]
    )
    nll = program.reconstruct(vdvae.images, seed=1).nll
    assert_close(program.reconstruct(alone, **options).nll, nll[3:4])
    latents = program.encode(alone, **options)
    assert list(latents.numbers) == [3]
    assert_close(latents.z[0], program.encode(vdvae.images, seed=1).z[0][3:4])


def test_generates_from_the_noise_of_encoded_images(vdvae, running):
    noise = running("vdvae").encode(vdvae.images).noise
    images = running("vdvae").generate(5, noise=noise, output_temperature=0.0)
    shapes = vdvae.model.uniform_shapes(5)
    uniforms = {name: np.full(shape, 0.5, np.float32) for name, shape in shapes.items()}

    def source(x):
        likelihood = vdvae.model.likelihood
        parameters = vdvae.model.top_down(x).parameters
        return likelihood.unscale(likelihood.sample(parameters, uniforms, 0.0))

    assert_same_images(images, CompiledFunction(vdvae.model, source).run(noise).astype(np.uint8))


def test_throughput_gives_the_same(vdvae, running):
    many = OpenVINOModel(vdvae.folder, hint="throughput", batch_size=2)
    assert_close(many.score(vdvae.images).elbo, running("vdvae").score(vdvae.images).elbo)


def test_a_damaged_file_is_refused(copy):
    weights = copy / "score.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(UserError, match="score.bin is not the file that manifest.json describes"):
        OpenVINOModel(copy)
    weights.unlink()
    with pytest.raises(UserError, match="is incomplete: score.bin of score is missing"):
        OpenVINOModel(copy)


def test_the_manifest_of_another_model_is_refused(copy, exported):
    shutil.copy(exported("sylvester, bernoulli").folder / "manifest.json", copy)
    with pytest.raises(UserError, match="one of the two belongs to another export"):
        OpenVINOModel(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values.pop("parts"), "manifest.json is damaged"),
        (lambda values: values.update(version=1), "must be 'hvae export', version 2.*version 1"),
        (lambda values: values.update(unknown=2), "manifest.json is damaged.*unknown"),
        (lambda values: values.update(batch=0), "manifest.json is damaged .batch 0 is wrong"),
        (lambda values: values.update(noise_shapes=[[-1, 2]]), "damaged .shape .-1, 2. is wrong"),
        (lambda values: values.update(levels="many"), "manifest.json is damaged"),
        (
            lambda v: v["parts"]["score"]["files"].update({"../x": ""}),
            "damaged .file ../x is wrong",
        ),
        (lambda v: v["parts"]["score"]["files"].pop("score.bin"), "must be its .xml and .bin"),
        (lambda values: values.update(exported_to="onnx"), "must be an export to openvino.*onnx"),
    ],
)
def test_a_wrong_manifest_is_refused(copy, change, message):
    path = copy / "manifest.json"
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))
    with pytest.raises(UserError, match=message):
        OpenVINOModel(copy)


def test_a_folder_without_manifest_is_refused(tmp_path):
    with pytest.raises(UserError, match="is not an exported model: manifest.json is missing"):
        OpenVINOModel(tmp_path)


@pytest.mark.parametrize("shapes", [[(4, 5, 2), (8, 8, 2)], [(4, 5, 2)], [(8, 10, 2), (4, 5, 2)]])
def test_wrong_noise_is_refused(vdvae, running, shapes):
    noise = [np.zeros((5, *shape)) for shape in shapes]
    message = r"noise: must be of shape \(5, 4, 5, 2\), \(5, 8, 10, 2\). Received: \(5, "
    with pytest.raises(UserError, match=message):
        running("vdvae").score(vdvae.images, noise=noise)
    with pytest.raises(UserError, match=r"noise: must be of shape \(4, .* Received: \(5, 4, 5, 2"):
        running("vdvae").generate(4, noise=latent_noise(vdvae.model, range(5), 0))


def test_inputs_by_name_are_checked(vdvae, running):
    noise = latent_noise(vdvae.model, range(5), 0)
    inputs = {"images": vdvae.images, "noise_00": noise[0], "noise_01": noise[1][:4]}
    with pytest.raises(UserError, match=r"noise_01 must be \(5, 8, 10, 2\), float32. .*\(4, 8, 10"):
        running("vdvae").run("score", inputs)
    inputs["noise_01"] = noise[1].astype(np.float64)
    with pytest.raises(UserError, match="noise_01 must be .*, float32. Received: .*, float64"):
        running("vdvae").run("score", inputs)


def test_threads_may_share_a_model(vdvae, running):
    program = running("vdvae")
    expected = [program.generate(2, seed=seed) for seed in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        work = [threads.submit(program.generate, 2, seed=i % 4) for i in range(40)]
    for i, images in enumerate(work):
        np.testing.assert_array_equal(images.result(), expected[i % 4])


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda p, x: p.score(x[:, :6]), r"images: must have shape \(images, 7, 10, 3\)"),
        (lambda p, x: p.score(x / 255.0), "images: must be integers 0 to 255"),
        (lambda p, x: p.generate(0), "num_images: must be a whole number, at least 1. .* 0"),
        (lambda p, x: p.generate(2, seed=-1), "seed: must be a whole number, at least 0. .* -1"),
        (lambda p, x: p.score(x, seed=0.5), "seed: must be a whole number, at least 0. .* 0.5"),
        (lambda p, x: p.generate(2, output_temperature=-1), "output_temperature: must be at lea"),
        (lambda p, x: p.generate(2, temperature=-1), "temperature: must be 0 to 1000"),
        (lambda p, x: p.generate(2, temperature=[1, 1, 1]), "one for each of the 2"),
        (lambda p, x: p.run("decode", {}), "has no part decode; it has compress, detect, encode, "),
        (lambda p, x: p.run("score", {"z": x}), "images is missing"),
        (lambda p, x: OpenVINOModel(p.folder, hint="fast"), "hint: allowed are latency"),
        (lambda p, x: OpenVINOModel(p.folder, precision="f64"), "precision: allowed are"),
        (lambda p, x: OpenVINOModel(p.folder, device="TPU").score(x), "cannot run .* on TPU"),
        (lambda p, x: OpenVINOModel(p.folder, batch_size=0), "batch_size: must be a whole number"),
    ],
)
def test_mistakes(vdvae, running, use, message):
    with pytest.raises(UserError, match=message):
        use(running("vdvae"), vdvae.images)
