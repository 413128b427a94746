"""A user's own images, on folders of files written here."""

import shutil

import numpy as np
import pytest
from PIL import Image

from data.image_folder import SUFFIXES, find_images, read_image, read_images
from data.load import describe, load_splits
from data.sets import DATASETS
from hvae.errors import UserError

SIZE = (64, 64)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_folder(folder, count):
    """64×64 images that are each of one colour, half of them in sub-folders."""
    for index in range(count):
        path = folder / (f"{index}.png" if index % 2 else f"some/folder {index % 3}/{index}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", SIZE, (index, 255 - index, 7)).save(path)


def numbers(images):
    """Which images of `write_folder` these are."""
    assert (images == images[:, :1, :1]).all()
    return images[:, 0, 0, 0].tolist()


def test_an_image_of_the_size_is_read_as_it_is(tmp_path):
    image = noise(*SIZE)
    for name in ("a.png", "a.bmp"):
        Image.fromarray(image).save(tmp_path / name)
        np.testing.assert_array_equal(read_image(tmp_path / name, SIZE), image)
    Image.fromarray(image).save(tmp_path / "a.webp", lossless=True)
    np.testing.assert_array_equal(read_image(tmp_path / "a.webp", SIZE), image)


def test_the_longer_side_is_cropped_at_both_ends(tmp_path):
    # Values are the column (landscape) or the row (portrait), in pixels of the file.
    ramp = np.repeat(np.arange(128, dtype=np.uint8)[None], 64, axis=0)
    expected = np.repeat(np.arange(32, 96)[None], 64, axis=0)
    Image.fromarray(ramp).save(tmp_path / "landscape.png")
    Image.fromarray(ramp.T).save(tmp_path / "portrait.png")
    landscape = read_image(tmp_path / "landscape.png", SIZE)
    portrait = read_image(tmp_path / "portrait.png", SIZE)
    assert landscape.shape == portrait.shape == (64, 64, 3)
    for channel in range(3):
        np.testing.assert_array_equal(landscape[..., channel], expected)
        np.testing.assert_array_equal(portrait[..., channel], expected.T)


@pytest.mark.parametrize(("height", "width"), [(128, 256), (256, 128), (100, 333), (20, 31)])
def test_the_shorter_side_is_scaled(height, width, tmp_path):
    # Both directions at once: rows in red, columns in green.
    rows, columns = np.mgrid[:height, :width]
    image = np.stack([rows * 255 / height, columns * 255 / width, rows * 0], axis=-1)
    Image.fromarray(image.round().astype(np.uint8)).save(tmp_path / "a.png")
    found = read_image(tmp_path / "a.png", SIZE)
    side = min(height, width)
    centres = (np.arange(64) + 0.5) * side / 64 - 0.5
    inner = slice(5, -5)  # at the border the filter sees one side only
    expected = (centres + (height - side) / 2) * 255 / height
    np.testing.assert_allclose(found[inner, 32, 0], expected[inner], atol=2)
    expected = (centres + (width - side) / 2) * 255 / width
    np.testing.assert_allclose(found[32, inner, 1], expected[inner], atol=2)


def test_fine_patterns_are_averaged_and_not_picked(tmp_path):
    checks = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(checks).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_image(tmp_path / "a.png", SIZE), 127.5, atol=3)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_any_size_will_do(size, tmp_path):
    Image.new("RGB", size, (1, 2, 3)).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png", SIZE) == (1, 2, 3)).all()


def test_every_kind_of_pixel_becomes_rgb(tmp_path):
    def read(image, name="a.png"):
        image.save(tmp_path / name)
        return read_image(tmp_path / name, SIZE)[0, 0].tolist()

    palette = Image.new("P", (70, 80), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    assert read(Image.new("L", (70, 80), 99)) == [99, 99, 99]
    assert read(Image.new("1", (70, 80), 1)) == [255, 255, 255]
    assert read(Image.new("LA", (70, 80), (99, 5))) == [99, 99, 99]
    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 40))) == [10, 20, 30]
    assert read(palette) == [10, 20, 30]
    assert read(Image.fromarray(np.full((70, 80), 0x63FF, np.uint16))) == [0x63] * 3
    assert read(Image.new("CMYK", (70, 80), (0, 0, 0, 255)), "a.jpg") == [0, 0, 0]


def test_photographs_are_turned_as_the_camera_says(tmp_path):
    image = noise(*SIZE)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees, clockwise
    Image.fromarray(image).save(tmp_path / "a.png", exif=exif)
    found = read_image(tmp_path / "a.png", SIZE)
    np.testing.assert_array_equal(found, np.rot90(image, k=-1))


def test_files_are_found_in_sub_folders_by_their_suffix_and_in_order(tmp_path):
    names = ["B.JPG", "a.png", "sub/d.jpeg", "sub/deep/c.webp", "z.bmp"]
    ignored = ["notes.txt", "a.png.part", "._a.png", ".thumbnails/a.png", "folder.png/readme"]
    for name in [*ignored, *reversed(names)]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert find_images(tmp_path) == [tmp_path / name for name in names]
    assert {name[name.rindex(".") :].lower() for name in names} == set(SUFFIXES)


def test_many_files_are_read_in_the_order_given(tmp_path):
    write_folder(tmp_path, 60)
    paths = find_images(tmp_path)
    # Large files take longer: threads must not come in their way.
    Image.fromarray(noise(900, 900)).save(paths[0])
    images = read_images(paths, SIZE)
    assert images.dtype == np.uint8 and images.shape == (60, 64, 64, 3)
    assert numbers(images[1:]) == [int(path.stem) for path in paths[1:]]
    np.testing.assert_array_equal(images[0], read_image(paths[0], SIZE))


@pytest.mark.parametrize(("count", "held_out"), [(3, 1), (30, 2), (200, 10)])
def test_every_image_is_in_one_split(count, held_out, tmp_path):
    write_folder(tmp_path, count)
    splits = load_splits("images64", tmp_path)
    assert [len(split) for split in splits] == [count - 2 * held_out, held_out, held_out]
    assert sorted(numbers(np.concatenate(splits))) == list(range(count))
    assert all(split.dtype == np.uint8 and split.shape[1:] == (64, 64, 3) for split in splits)


def test_the_split_is_random_and_follows_from_the_names_alone(tmp_path):
    first = tmp_path / "first"
    write_folder(first, 40)
    splits = load_splits("images64", first)
    in_order = [int(path.stem) for path in find_images(first)]
    held_out = numbers(np.concatenate([splits.validation, splits.test]))
    assert np.ptp([in_order.index(number) for number in held_out]) > len(held_out)
    # Elsewhere, and written in another order.
    second = tmp_path / "second"
    for path in reversed(find_images(first)):
        (second / path.relative_to(first)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, second / path.relative_to(first))
    (second / "notes.txt").write_text("no image")
    for split, again in zip(splits, load_splits("images64", str(second))):
        np.testing.assert_array_equal(split, again)


def test_a_file_that_is_no_image_is_named(tmp_path):
    write_folder(tmp_path, 9)
    path = tmp_path / "some" / "broken.jpg"
    whole = tmp_path / "some" / "whole.jpg"
    Image.fromarray(noise(80, 80)).save(whole)
    for content in (b"", b"no image", whole.read_bytes()[:3000]):
        path.write_bytes(content)
        with pytest.raises(UserError, match=rf"^{path} cannot be read as an image \(") as error:
            load_splits("images64", tmp_path)
        assert "\n" not in str(error.value)


def test_an_image_too_large_to_be_true_is_named(tmp_path, monkeypatch):
    write_folder(tmp_path, 3)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(UserError, match=rf"{tmp_path}/.* cannot be read .*exceeds limit"):
        load_splits("images64", tmp_path)


def test_a_folder_without_images_is_named(tmp_path):
    with pytest.raises(UserError, match=r"data_dir: needs a folder of images \(.*\.png"):
        load_splits("images64")
    with pytest.raises(UserError, match="data_dir: no such folder. Received: .*/nowhere"):
        load_splits("images64", tmp_path / "nowhere")
    write_folder(tmp_path, 2)
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(
        UserError, match=rf"must hold at least 3 images .* Received: 2 in {tmp_path}"
    ):
        load_splits("images64", tmp_path)


def test_it_describes_itself_without_a_folder():
    info = describe("images64")
    assert info == DATASETS["images64"].info
    assert (info.image_size, info.image_channels, info.levels) == (SIZE, 3, 256)


@pytest.mark.parametrize("side", [32, 128, 256])
def test_other_sizes_are_other_data_sets(side, tmp_path):
    write_folder(tmp_path, 3)
    train, *others = load_splits(f"images{side}", str(tmp_path))
    assert train.shape == (1, side, side, 3) and [len(split) for split in others] == [1, 1]
    assert describe(f"images{side}").image_size == (side, side)
