import json

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.latents.latent_mask import mask_of_quantile
from hvae.inference.latents.latents import ARRAYS, Latents
from hvae.inference.latents.latents_file import LatentsWriter, read_latents
from hvae.model import HVAE
from tests.conftest import randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()))


@pytest.fixture
def batches(model, rng):
    """Latents of three images and of two; a file does not ask where they come from."""

    def batch(count):
        draws = (
            tuple(rng.standard_normal(s).astype("float32") for s in model.noise_shapes(count))
            for _ in ARRAYS
        )
        return Latents(*draws)

    return batch(3), batch(2)


def write(path, model, batches, masks=None, quantile=None):
    with LatentsWriter(path, model, 7, masks, quantile, "five images") as writer:
        for latents in batches:
            writer.add(latents)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_was_written_is_read(model, batches, tmp_path):
    path = tmp_path / "latents.npz"
    write(path, model, batches)
    latents = read_latents(path, model)
    assert latents.masks is None and latents.num_images == 5
    for name in ARRAYS:
        for block, *parts in zip(getattr(latents, name), *(getattr(b, name) for b in batches)):
            np.testing.assert_array_equal(block, np.concatenate(parts))
    only_z = read_latents(path, model, arrays=("z",))
    assert only_z.mean is None and only_z.num_images == 5


def test_the_file_says_what_it_holds(model, batches, tmp_path):
    """With NumPy alone."""
    path = tmp_path / "latents.npz"
    write(
        path,
        model,
        batches,
        mask_of_quantile([np.ones(s[1:]) for s in model.noise_shapes(1)], 0.1),
        0.1,
    )
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(str(file["description"]))
        assert (about["format"], about["version"], about["seed"]) == ("hvae latents", 1, 7)
        assert (about["images"], about["images_name"]) == (5, "five images")
        assert (about["pruned"], about["mask_quantile"]) == (True, 0.1)
        assert about["blocks"] == [
            {"scale": "4x4", "shape": [4, 4, 2], "kept": 16},
            {"scale": "8x8", "shape": [8, 8, 2], "kept": 0},
        ]
        # The first 16 of 32 variables of equal KL.
        z = np.concatenate([latents.z[0] for latents in batches])
        np.testing.assert_array_equal(file["block_00_z"], z[:, file["block_00_mask"]])
        assert file["block_00_mask"].sum() == 16 and file["block_01_mean"].shape == (5, 0)


def test_a_pruned_file_gives_back_what_was_kept_and_nothing_else(model, batches, tmp_path, rng):
    path, full = tmp_path / "latents.npz", tmp_path / "all" / "latents.npz"
    full.parent.mkdir()
    masks = mask_of_quantile([rng.random(s[1:]) for s in model.noise_shapes(1)], 0.3)
    write(full, model, batches)
    full.rename(path)
    size = path.stat().st_size
    full.parent.rmdir()
    write(path, model, batches, masks, 0.3)
    assert path.stat().st_size < 0.6 * size
    latents = read_latents(path, model)
    for i, mask in enumerate(masks):
        np.testing.assert_array_equal(latents.masks[i], mask)
        for name in ARRAYS:
            kept = np.concatenate([getattr(batch, name)[i] for batch in batches])
            np.testing.assert_array_equal(getattr(latents, name)[i], np.where(mask, kept, 0.0))


def test_an_interruption_leaves_what_was_finished(model, batches, tmp_path):
    path = tmp_path / "latents.npz"
    with pytest.raises(KeyboardInterrupt), LatentsWriter(path, model, 0) as writer:
        writer.add(batches[0])
        raise KeyboardInterrupt
    assert read_latents(path, model).num_images == 3
    assert [file.name for file in tmp_path.iterdir()] == ["latents.npz"]


def test_an_error_leaves_nothing(model, batches, tmp_path):
    with pytest.raises(RuntimeError), LatentsWriter(tmp_path / "latents.npz", model, 0) as writer:
        writer.add(batches[0])
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_model_is_refused(model, batches, tmp_path):
    path = tmp_path / "latents.npz"
    write(path, model, batches)
    for other, message in (
        (
            HVAE(tiny_config(z_width=3)),
            "a model of another configuration, with latents of 4x4, 8x8",
        ),
        (HVAE(tiny_config()), r"other weights of such a model; .*--weights"),
    ):
        with pytest.raises(UserError, match=message):
            read_latents(path, other)


def flipped(data):
    """One bit of the last array."""
    place = data.rindex(b"block_01_noise.npy", 0, data.rindex(b"PK\x01\x02")) + 400
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"text", flipped],
    ids=["cut", "empty", "text", "one bit"],
)
def test_a_damaged_file_gets_one_line(model, batches, tmp_path, damage):
    path = tmp_path / "latents.npz"
    write(path, model, batches)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UserError, match="damaged or not a file of latents") as error:
        read_latents(path, model)
    assert "\n" not in str(error.value)


def test_other_files_are_refused(model, tmp_path):
    np.savez(tmp_path / "other.npz", z=np.zeros(3))
    with pytest.raises(UserError, match="damaged or not a file of latents"):
        read_latents(tmp_path / "other.npz", model)
    with pytest.raises(UserError, match="no such file of latents"):
        read_latents(tmp_path / "nowhere.npz", model)
