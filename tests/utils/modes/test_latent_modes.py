"""encode, decode, reconstruct, interpolate and explore on one run."""

import json
import shutil

import numpy as np
import pytest

from data.sets import digits
from hvae.errors import UserError
from hvae.files.run_files import CONFIG
from utils.modes.shared.statistics_file import Statistics, write_statistics

TEN = ("--num_images", 10, "--batch_size", 4)


@pytest.fixture(scope="module")
def folder(small_run, tmp_path_factory):
    """A copy of the run without the results of other tests, but with statistics."""
    folder = tmp_path_factory.mktemp("runs") / "latents"
    folder.mkdir()
    for name in (CONFIG, "best_ema.weights.h5"):
        shutil.copy(small_run / name, folder)
    rng = np.random.default_rng(0)
    kl = tuple(rng.random(shape) for shape in ((4, 4, 2), (8, 8, 2), (8, 8, 2)))
    (folder / "statistics").mkdir()
    write_statistics(
        folder / "statistics" / "statistics.npz",
        Statistics(kl, ("4x4", "8x8", "8x8"), 3, "three images", 0, "best ema weights"),
    )
    return folder


def is_picture(path):
    return path.read_bytes().startswith(b"\x89PNG")


def newest(folder, name):
    """The arrays of the last command."""
    return np.load(newest_path(folder, f"{name}*.npz"), allow_pickle=False)


def newest_path(folder, pattern):
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.every_backend
def test_an_encoded_file_decodes_to_the_reconstructions(use, folder):
    use("encode", *TEN, folder=folder)
    use("decode", *TEN[2:], folder=folder)
    use("reconstruct", *TEN, folder=folder)
    reconstructed = newest(folder / "reconstruct", "reconstructions")
    np.testing.assert_array_equal(reconstructed["originals"], digits.Digits().load().test[:10])
    decoded = newest(folder / "decode", "images")["images"]
    np.testing.assert_array_equal(decoded, reconstructed["reconstructions"])
    assert is_picture(folder / "decode" / "images.png")
    assert is_picture(folder / "reconstruct" / "reconstructions.png")
    encoded = newest(folder / "encode", "latents")
    use("encode", "--images", 8, 3, folder=folder)
    use("reconstruct", "--images", 8, 3, "--output", "sample", folder=folder)
    use("decode", "--output", "sample", folder=folder)
    chosen = newest(folder / "encode", "latents")
    assert json.loads(str(chosen["description"]))["numbers"] == [8, 3]
    for i in range(3):
        all_of_it, own = encoded[f"block_{i:02d}_z"], chosen[f"block_{i:02d}_z"]
        np.testing.assert_allclose(own, all_of_it[[8, 3]], rtol=1e-5, atol=1e-6)
    again = newest(folder / "reconstruct", "reconstructions")
    nll = reconstructed["nll_bits_per_dim"][[8, 3]]
    np.testing.assert_allclose(again["nll_bits_per_dim"], nll, rtol=1e-6)
    decoded = newest(folder / "decode", "images")["images"]
    np.testing.assert_array_equal(decoded, again["reconstructions"])


def test_shares_of_the_latents_give_a_curve_and_smaller_files(use, folder, tmp_path):
    use("encode", *TEN, "--mask_quantile", 0.1, folder=folder)
    path = tmp_path / "mine.npz"
    shutil.move(newest_path(folder / "encode", "latents*.npz"), path)
    use("decode", path, *TEN[2:], folder=folder)
    lines = use("reconstruct", *TEN, "--mask_quantile", 0, 0.1, 1, folder=folder)
    assert any("10% of the latent variables: NLL" in line for line in lines)
    reconstructed = newest(folder / "reconstruct", "reconstructions")
    decoded = newest(folder / "decode", "images")["images"]
    np.testing.assert_array_equal(decoded, reconstructed["reconstructions"][1])
    about = json.loads(newest_path(folder / "reconstruct", "pruning*.json").read_text())
    assert [share["kept_variables"] for share in about["shares"]] == [0, 29, 288]
    nll = [share["nll_bits_per_dim"] for share in about["shares"]]
    np.testing.assert_allclose(nll, reconstructed["nll_bits_per_dim"].mean(axis=1), rtol=1e-6)
    assert len(set(nll)) == 3
    assert is_picture(newest_path(folder / "reconstruct", "pruning*.png"))


@pytest.mark.every_backend
def test_interpolation_and_exploration_pass_through_the_reconstructions(use, folder):
    use("interpolate", 3, 7, "--steps", 4, folder=folder)
    use("explore", "--block", 1, "--images", 3, 7, "--steps", 5, "--range", 2, folder=folder)
    use("reconstruct", "--images", 3, 7, folder=folder)
    expected = newest(folder / "reconstruct", "reconstructions")["reconstructions"]
    images = newest(folder / "interpolate", "interpolation")["images"]
    # Two scales: one row in which all move, two in which one stays.
    assert images.shape == (3, 4, 8, 8, 1)
    np.testing.assert_array_equal(images[0, [0, -1]], expected)
    explored = newest(folder / "explore", "block_1_8x8")
    np.testing.assert_array_equal(explored["unchanged"], expected)
    np.testing.assert_array_equal(explored["moved"][:, 2], expected)
    np.testing.assert_array_equal(explored["amounts"], [-2, -1, 0, 1, 2])
    assert is_picture(folder / "interpolate" / "interpolation.png")
    assert is_picture(folder / "explore" / "block_1_8x8.png")


def test_exploration_without_an_image_needs_no_data(use, folder):
    use("explore", "--num_images", 2, "--data_dir", "/nowhere", folder=folder)
    assert newest(folder / "explore", "block_0_4x4")["redrawn"].shape == (2, 8, 8, 8, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explore", "--block", 3), r"0 to 2 \(blocks of scale 4x4: 0, 8x8: 1 to 2\). Received: 3"),
        (("explore", "--range", "inf"), "range: must be a finite number. Received: inf"),
        (("interpolate", 1, 1000), "the split has images 0 to 179. Received: 1000"),
        (
            ("interpolate", 1, "nothing.png"),
            "must be numbers in the split, or files. Received: nothing.png",
        ),
        (("interpolate", 1, 2, "--steps", 1), "steps: must be at least 2. Received: 1"),
        (("encode", "--mask_quantile", 3), "mask_quantile: must be at most 1.0. Received: 3.0"),
        (("decode", "nothing.npz"), "no such file of latents: nothing.npz"),
    ],
)
def test_mistakes_get_one_line(use, folder, arguments, message):
    with pytest.raises(UserError, match=message):
        use(*arguments, folder=folder)


def test_what_has_to_be_made_first_is_named(use, small_run, tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    for name in (CONFIG, "best_ema.weights.h5"):
        shutil.copy(small_run / name, folder)
    for mode in ("reconstruct", "encode"):
        with pytest.raises(UserError, match=r"python load_model.py \S+ statistics makes"):
            use(mode, "--mask_quantile", 0.1, folder=folder)
    with pytest.raises(UserError, match=r"python load_model.py \S+ encode makes them"):
        use("decode", folder=folder)
