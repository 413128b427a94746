"""A user's own images, on folders of files written here."""

import os
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from data import picture_cache
from data.image_folder import SUFFIXES, find_pictures
from data.load import check_files, describe, load_splits
from data.picture_settings import PictureSettings
from data.picture_splits import split_pictures
from hvae.errors import UserError

SMALL = PictureSettings(image_size=(6, 8))


def colour(index):
    return (index % 256, 255 - index // 256, 7)


def write_folder(folder, count, start=0):
    """Images that are each of one colour, half of them in sub-folders."""
    for index in range(start, start + count):
        path = folder / (f"{index}.png" if index % 2 else f"some/folder {index % 3}/{index}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 7), colour(index)).save(path)


def numbers(images):
    """Which images of `write_folder` these are."""
    images = np.asarray(images)
    assert images.shape[1:] == (6, 8, 3) and images.dtype == np.uint8
    assert (images == images[:, :1, :1]).all() and (images[..., 2] == 7).all()
    first = images[:, 0, 0].astype(int)
    return (first[:, 0] + 256 * (255 - first[:, 1])).tolist()


def load(folder, tell=lambda line: None, **settings):
    return load_splits("images", folder, pictures=SMALL._replace(**settings), tell=tell)


@pytest.fixture
def photos(tmp_path):
    write_folder(tmp_path / "photos", 60)
    return tmp_path / "photos"


@pytest.fixture
def decoded(monkeypatch):
    """Names of the files that are decoded, as they are."""
    names, decode = [], picture_cache.decode_picture

    def counted(path, *settings):
        names.append(path.name)
        return decode(path, *settings)

    monkeypatch.setattr(picture_cache, "decode_picture", counted)
    return names


def test_files_are_found_in_sub_folders_by_their_ending_and_others_counted(tmp_path):
    names = ["B.JPG", "a.png", "sub/d.jpeg", "sub/deep/c.webp", "z.bmp"]
    others = ["notes.txt", "a.png.part", "folder.png/readme", "b.HEIC", "c.heic", "d.gif"]
    hidden = ["._a.png", ".thumbnails/a.png"]
    for name in [*others, *hidden, *reversed(names)]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_pictures(tmp_path)
    assert found.names == names
    assert found.ignored == {".txt": 1, ".part": 1, "": 1, ".heic": 2, ".gif": 1}
    assert {name[name.rindex(".") :].lower() for name in names} == set(SUFFIXES)


def test_links_to_folders_are_followed_once(tmp_path):
    write_folder(tmp_path / "elsewhere", 17)
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "b").symlink_to(tmp_path / "elsewhere")
    (photos / "c").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(photos)
    found = find_pictures(photos).names
    assert len(found) == 17 and all(name.startswith("b/") for name in found)


def test_every_image_is_in_one_split(photos):
    splits = load(photos)
    assert [len(split) > 0 for split in splits] == [True] * 3
    assert sorted(sum((numbers(split) for split in splits), [])) == list(range(60))


def test_any_size_and_grey(photos):
    for size, channels in (((5, 5), 1), ((10, 4), 3)):
        settings = PictureSettings(image_size=size, image_channels=channels)
        info = describe("images", pictures=settings)
        assert (info.image_size, info.image_channels, info.levels) == (size, channels, 256)
        splits = load_splits("images", photos, pictures=settings)
        assert all(images.shape[1:] == (*size, channels) for images in splits)
    assert describe("images").image_size == (64, 64)


def test_a_new_file_moves_no_other():
    names = [f"some folder/{index}.jpg" for index in range(2000)]
    before = split_pictures(names)
    assert all(60 < len(part) < 140 for part in before[1:])
    after = split_pictures([*names, *(f"more/{index}.jpg" for index in range(300))])
    for old, new in zip(before, after):
        assert set(old) <= set(new)
        assert [name for name in new if name in set(old)] == old


def test_a_few_files_are_in_all_splits_and_the_names_alone_decide():
    for count in range(3, 40):
        splits = split_pictures([f"{index}.png" for index in range(count)])
        assert min(map(len, splits)) >= 1 and sum(map(len, splits)) == count
    # An é is one character, or two on macOS.
    composed, decomposed = ([f"caf{e}{i}.png" for i in range(500)] for e in ("\xe9", "e\u0301"))
    for one, other in zip(split_pictures(composed), split_pictures(decomposed)):
        assert [name.replace("\xe9", "e\u0301") for name in one] == other


def test_sub_folders_of_splits_are_kept_apart(tmp_path):
    for start, name in enumerate(("train", "val", "test")):
        write_folder(tmp_path / "photos" / name, 20, start=20 * start)
    splits = load(tmp_path / "photos")
    for start, split in enumerate(splits):
        assert sorted(numbers(split)) == list(range(20 * start, 20 * start + 20))
    # Validation comes from the training images where there is none of its own.
    shutil.rmtree(tmp_path / "photos" / "val")
    train, validation, test = map(numbers, load(tmp_path / "photos"))
    assert sorted(train + validation) == list(range(20)) and validation
    assert sorted(test) == list(range(40, 60))
    write_folder(tmp_path / "photos" / "others", 1)
    with pytest.raises(UserError, match="beside the sub-folders train, val and test there are 1 "):
        load(tmp_path / "photos")
    # Where there is nothing to keep apart from, train is a name like others.
    for name in ("test", "others"):
        shutil.rmtree(tmp_path / "photos" / name)
    assert sum(map(len, load(tmp_path / "photos"))) == 20


def test_pictures_are_decoded_once(photos, decoded):
    first = load(photos)
    assert len(decoded) == 60
    np.testing.assert_array_equal(load(photos).train, first.train)
    assert len(decoded) == 60
    # Only what has changed is decoded again, and what was read before stays as it was.
    path = photos / "1.png"
    Image.new("RGB", (30, 30), colour(301)).save(path)
    (photos / "3.png").unlink()
    write_folder(photos, 2, start=200)
    second = sum((numbers(split) for split in load(photos)), [])
    assert sorted(decoded[60:]) == ["1.png", "200.png", "201.png"]
    expected = {*range(60), 200, 201, 301} - {1, 3}
    assert sorted(second) == sorted(expected)
    assert sorted(sum((numbers(split) for split in first), [])) == list(range(60))
    # Another rule has a cache of its own.
    load(photos, background="black")
    assert len(decoded) == 63 + 61


def test_a_file_of_another_time_is_decoded_again(photos, decoded):
    load(photos)
    path = photos / "1.png"
    size = path.stat().st_size
    Image.new("RGB", (9, 7), colour(2)).save(path)
    assert path.stat().st_size == size
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    assert sum((numbers(split) for split in load(photos)), []).count(2) == 2
    assert decoded[60:] == ["1.png"]


def test_the_cache_is_beside_the_folder_and_holds_nothing_else(photos):
    load(photos)
    assert {path.name for path in photos.parent.iterdir()} == {"photos", ".photos.decoded"}
    kept = [path for path in photos.parent.joinpath(".photos.decoded").rglob("*") if path.is_file()]
    assert sorted(path.suffix for path in kept) == [".json", ".npy"]


def test_where_nobody_may_write_the_cache_is_the_users(photos, monkeypatch, tmp_path):
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path and access(path, mode))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    told = []
    load(photos, told.append)
    assert any(str(tmp_path / "caches" / "hvae" / "photos-") in line for line in told)


@pytest.mark.parametrize("damage", ["index", "cut", "gone"])
def test_a_damaged_cache_is_made_anew(photos, decoded, damage):
    before = np.asarray(load(photos).train)
    (folder,) = (photos.parent / ".photos.decoded").iterdir()
    (file,) = folder.glob("*.npy")
    if damage == "index":
        (folder / "index.json").write_text("{")
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-10])
    else:
        file.unlink()
    np.testing.assert_array_equal(load(photos).train, before)
    assert len(decoded) == 120


def test_an_interrupted_cache_leaves_the_old_one_whole(photos, monkeypatch):
    before = np.asarray(load(photos).train)
    write_folder(photos, 20, start=100)

    def stopped(path, *settings):
        if path.name == "110.png":
            raise KeyboardInterrupt
        return np.zeros((6, 8, 3), np.uint8)

    with monkeypatch.context() as patch:
        patch.setattr(picture_cache, "decode_picture", stopped)
        with pytest.raises(KeyboardInterrupt):
            load(photos)
    (folder,) = (photos.parent / ".photos.decoded").iterdir()
    assert len(list(folder.iterdir())) == 2
    for index in range(100, 120):
        for path in photos.rglob(f"{index}.png"):
            path.unlink()
    monkeypatch.setattr(picture_cache, "decode_picture", None)
    np.testing.assert_array_equal(load(photos).train, before)


def test_two_at_once_read_the_same(photos):
    results = []
    threads = [threading.Thread(target=lambda: results.append(load(photos))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for splits in results:
        assert sorted(sum((numbers(split) for split in splits), [])) == list(range(60))
    # Those whose index came first are deleted when they are a day old.
    (folder,) = (photos.parent / ".photos.decoded").iterdir()
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    write_folder(photos, 1, start=70)
    assert sorted(sum((numbers(split) for split in load(photos)), [])) == [*range(60), 70]
    assert len(list(folder.iterdir())) == 2


def test_a_full_disk_is_said_before_anything_is_decoded(photos, decoded, monkeypatch):
    usage = shutil.disk_usage(photos)._replace(free=8639)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(UserError, match="decoded pictures need 0.0 GB in .*decoded"):
        load(photos)
    assert not decoded


def test_a_limit_decodes_so_many(photos, decoded):
    whole = load(photos)
    shutil.rmtree(photos.parent / ".photos.decoded")
    del decoded[:]
    few = load(photos, limit_train=5, limit_eval=1)
    assert list(map(len, few)) == [5, 1, 1] and len(decoded) == 7
    for part, all_of_it in zip(few, whole):
        np.testing.assert_array_equal(part, all_of_it[: len(part)])
    load(photos)
    assert len(decoded) == 60  # the seven are taken as they are
    load(photos, limit_train=9)
    assert len(decoded) == 60


def test_all_unreadable_files_are_named_at_once_or_left_out(photos, decoded):
    broken = ["some/a.jpg", "b.png", "c.webp"]
    for name in broken:
        (photos / name).write_bytes(b"no image")
    (photos / "gone.png").symlink_to(photos / "nowhere")
    with pytest.raises(UserError) as error:
        load(photos)
    text = str(error.value)
    assert text.startswith("data_dir: 4 of 64 files cannot be read as images: ")
    assert all(name in text for name in (*broken, "gone.png")) and "\n" not in text
    assert text.endswith("; --skip_unreadable leaves them out")
    told = []
    splits = load(photos, told.append, skip_unreadable=True)
    assert sorted(sum((numbers(split) for split in splits), [])) == list(range(60))
    assert any(line.startswith("left out: 4 of 64 files cannot be read") for line in told)
    # Nothing that was decoded or failed before is tried again.
    assert len(decoded) == 64


def test_many_unreadable_files_are_counted(photos):
    for index in range(25):
        (photos / f"broken {index}.jpg").touch()
    with pytest.raises(UserError, match=r"25 of 85 files .* and 5 more; --skip_unreadable"):
        load(photos)


def test_what_is_not_looked_at_is_told(photos):
    for name in ("a.gif", "b.heic", "c.heic"):
        (photos / name).touch()
    told = []
    load(photos, told.append)
    assert "3 other files are not looked at (2 .heic, 1 .gif)" in told


def test_a_folder_without_images_is_named(tmp_path):
    with pytest.raises(UserError, match=r"data_dir: needs a folder of images \(.*\.png"):
        load("")
    with pytest.raises(UserError, match="data_dir: no such folder. Received: .*/nowhere"):
        load(tmp_path / "nowhere")
    write_folder(tmp_path, 2)
    (tmp_path / "c.tiff").touch()
    with pytest.raises(
        UserError, match=rf"at least 3 images .* Received: 2 in {tmp_path}; 1 other .* \(1 .tiff\)"
    ):
        load(tmp_path)


def test_a_folder_is_checked_before_anything_is_decoded(photos, tmp_path, decoded):
    check_files("images", photos, "none", "own")
    assert not decoded
    with pytest.raises(UserError, match="data_dir: no such folder. Received: .*/nowhere"):
        check_files("images", tmp_path / "nowhere", "none", "own")


def test_home_is_home(photos, monkeypatch):
    monkeypatch.setenv("HOME", str(photos.parent))
    assert sum(map(len, load("~/photos"))) == 60
