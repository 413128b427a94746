"""One reader for data sets and for pictures that a user names."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from data import picture_file
from data.picture_file import check_background, decode_picture, picture_size, read_picture
from hvae.errors import UserError

SIZE = (64, 64)
UPRIGHT = {  # what must be done to an upright picture so that its tag turns it upright again
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1),
    6: lambda x: np.rot90(x, 1),
    7: lambda x: x[::-1, ::-1].swapaxes(0, 1),
    8: lambda x: np.rot90(x, -1),
}


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def with_orientation(tag):
    exif = Image.Exif()
    exif[0x0112] = tag
    return exif


def test_an_image_of_the_size_is_read_as_it_is(tmp_path):
    image = noise(40, 64)
    for name in ("a.png", "a.bmp", "a.webp"):
        Image.fromarray(image).save(tmp_path / name, **({"lossless": True} if "w" in name else {}))
        np.testing.assert_array_equal(read_picture(tmp_path / name, (40, 64)), image)
    Image.fromarray(image[..., 1]).save(tmp_path / "grey.png")
    grey = read_picture(tmp_path / "grey.png", (40, 64), channels=1)
    np.testing.assert_array_equal(grey, image[..., 1:2])


def test_the_longer_side_is_cropped_at_both_ends(tmp_path):
    # Values are the column (landscape) or the row (portrait), in pixels of the file.
    ramp = np.repeat(np.arange(128, dtype=np.uint8)[None], 64, axis=0)
    expected = np.repeat(np.arange(32, 96)[None], 64, axis=0)
    Image.fromarray(ramp).save(tmp_path / "landscape.png")
    Image.fromarray(ramp.T).save(tmp_path / "portrait.png")
    landscape = read_picture(tmp_path / "landscape.png", SIZE)
    portrait = read_picture(tmp_path / "portrait.png", SIZE)
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
    found = read_picture(tmp_path / "a.png", SIZE)
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
    np.testing.assert_allclose(read_picture(tmp_path / "a.png", SIZE), 127.5, atol=3)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
def test_any_size_will_do(size, tmp_path):
    Image.new("RGB", size, (1, 2, 3)).save(tmp_path / "a.png")
    assert (read_picture(tmp_path / "a.png", (48, 80)) == (1, 2, 3)).all()


def test_every_kind_of_pixel_becomes_rgb_or_grey(tmp_path):
    def read(image, name="a.png", channels=3):
        image.save(tmp_path / name)
        return read_picture(tmp_path / name, SIZE, channels)[0, 0].tolist()

    palette = Image.new("P", (70, 80), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    assert read(Image.new("L", (70, 80), 99)) == [99, 99, 99]
    assert read(Image.new("L", (70, 80), 99), channels=1) == [99]
    assert read(Image.new("1", (70, 80), 1)) == [255, 255, 255]
    assert read(palette) == [10, 20, 30]
    assert read(Image.new("RGB", (70, 80), (10, 20, 30)), channels=1) == [18]
    assert read(Image.new("CMYK", (70, 80), (0, 0, 0, 255)), "a.jpg") == [0, 0, 0]


def test_16_bit_greys_are_scaled_not_clipped(tmp_path):
    deep = np.repeat(np.array([[3, 99, 200, 255]], np.uint16) * 256 + 77, 4, axis=0)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    # Pillow reads this one as 32 bits.
    (tmp_path / "deep.pgm").write_bytes(b"P5 4 4 65535\n" + deep.astype(">u2").tobytes())
    for name in ("deep.png", "deep.pgm"):
        for channels in (1, 3):
            pixels = read_picture(tmp_path / name, (4, 4), channels)
            assert (pixels == np.array([3, 99, 200, 255])[None, :, None]).all()


def test_what_is_transparent_lies_on_the_background(tmp_path):
    """Colours of transparent pixels are anything: black, streaks of what was painted over."""

    def read(image, background="white", channels=3):
        image.save(tmp_path / "a.png")
        return read_picture(tmp_path / "a.png", SIZE, channels, background)[0, 0].tolist()

    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 0))) == [255, 255, 255]
    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 0)), "black") == [0, 0, 0]
    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 0)), "#010203") == [1, 2, 3]
    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 51))) == [206, 208, 210]
    assert read(Image.new("RGBA", (70, 80), (10, 20, 30, 255))) == [10, 20, 30]
    assert read(Image.new("LA", (70, 80), (99, 0))) == [255, 255, 255]
    assert read(Image.new("LA", (70, 80), (99, 0)), channels=1) == [255]
    palette = Image.new("P", (70, 80), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.info["transparency"] = 1
    assert read(palette) == [255, 255, 255]
    with pytest.raises(UserError, match="background: must be a colour, as white.* Received: wite"):
        check_background("wite")


def test_hidden_colours_do_not_bleed_when_a_picture_is_scaled(tmp_path):
    stripes = np.zeros((256, 256, 4), np.uint8)
    stripes[:, ::2] = (255, 0, 0, 255)
    stripes[:, 1::2] = (0, 255, 0, 0)  # green that nobody is to see
    Image.fromarray(stripes).save(tmp_path / "a.png")
    found = read_picture(tmp_path / "a.png", SIZE)[4:-4, 4:-4].astype(int)
    assert np.abs(found - [255, 127, 127]).max() <= 4


@pytest.mark.parametrize("tag", UPRIGHT)
def test_photographs_are_turned_as_the_camera_says(tag, tmp_path):
    image = noise(40, 64)
    turned = np.ascontiguousarray(UPRIGHT[tag](image))
    Image.fromarray(turned).save(tmp_path / "a.png", exif=with_orientation(tag))
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png", (40, 64)), image)
    assert picture_size(tmp_path / "a.png") == (40, 64)


@pytest.mark.parametrize(("tag", "kind"), [(1, "JPEG"), (6, "JPEG"), (6, "MPO")])
def test_a_large_jpeg_is_decoded_small_and_looks_the_same(tag, kind, tmp_path, monkeypatch):
    rows, columns = np.mgrid[:960, :1280] / 100
    waves = 127 + 60 * np.sin(rows)[..., None] + 60 * np.cos(columns[..., None] * [1.0, 2.0, 3.0])
    picture = Image.fromarray(np.ascontiguousarray(UPRIGHT[tag](waves.round().astype(np.uint8))))
    more = {"save_all": True, "append_images": [picture]} if kind == "MPO" else {}
    picture.save(tmp_path / "a.jpg", kind, quality=95, exif=with_orientation(tag), **more)
    decoded = []
    check = picture_file._check_size
    monkeypatch.setattr(
        picture_file, "_check_size", lambda file: (decoded.append(file.size), check(file))
    )
    small = read_picture(tmp_path / "a.jpg", (60, 80))
    assert {tuple(sorted(size)) for size in decoded} == {(120, 160)}  # an eighth: twice the size
    monkeypatch.setattr(picture_file, "_draft", lambda file, size: None)
    whole = read_picture(tmp_path / "a.jpg", (60, 80))
    assert np.abs(small.astype(int) - whole).mean() < 1
    assert small.std() > 30


def test_what_is_too_large_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    def png(width, height, more=b""):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + header + more + chunk(b"IDAT", b"") + chunk(b"IEND", b"")

    def refuse(*args):
        raise AssertionError("was decoded")

    path = tmp_path / "bomb.png"
    monkeypatch.setattr(Image.Image, "load", refuse)
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(70_000_000)))
    for content, reason in (
        (png(10_000, 9_000), "10000x9000 pixels, at most 89 million are decoded"),
        (png(60_000, 60_000), "3600000000 pixels"),
        (png(10, 10, text), "too large"),
    ):
        path.write_bytes(content)
        with pytest.raises(UserError, match=f"^{path} cannot be read .*{reason}") as error:
            read_picture(path, SIZE)
        assert "\n" not in str(error.value)


def test_a_photograph_of_108_megapixels_is_read_at_an_eighth(tmp_path):
    # The header says 12000x9000; what follows ends early, and is filled with grey.
    stream = io.BytesIO()
    Image.new("L", (16, 16), 200).save(stream, "jpeg")
    content = bytearray(stream.getvalue())
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", 9000, 12000)
    (tmp_path / "a.jpg").write_bytes(content)
    assert picture_size(tmp_path / "a.jpg") == (9000, 12000)
    assert read_picture(tmp_path / "a.jpg", SIZE).shape == (64, 64, 3)
    with pytest.raises(UserError, match="12000x9000 pixels, at most 89 million"):
        read_picture(tmp_path / "a.jpg", (8000, 8000))


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n", None])
def test_a_file_that_is_no_image_is_named(content, tmp_path):
    path = tmp_path / "broken.jpg"
    if content is None:
        Image.fromarray(noise(80, 80)).save(path)
        content = path.read_bytes()[:3000]
    path.write_bytes(content)
    for read in (read_picture, lambda path, size: decode_picture(path, size, 3, "white")):
        with pytest.raises(UserError, match=rf"^{path} cannot be read as an image \(") as error:
            read(path, SIZE)
        assert "\n" not in str(error.value)
