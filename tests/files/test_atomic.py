"""Files and folders are replaced whole, or stay."""

import os
import pathlib
import shutil
import socket

import pytest

from hvae.errors import UserError
from hvae.files.atomic import (
    delete_folder,
    making_folder,
    remove_left_over,
    replacing_folder,
    temporary_path,
    write_text,
)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_replaced(folder):
    with replacing_folder(folder) as new:
        (new / "new.txt").write_text("new")
        assert names(folder) == ["old.txt"]
    assert names(folder) == ["new.txt"] and names(folder.parent) == ["result"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_leaves_the_old_one(folder, error):
    with pytest.raises(error), replacing_folder(folder) as new:
        (new / "new.txt").write_text("new")
        raise error
    assert names(folder) == ["old.txt"] and names(folder.parent) == ["result"]


@pytest.mark.parametrize(
    ("error", "raised"), [(KeyboardInterrupt, KeyboardInterrupt), (OSError, UserError)]
)
def test_an_end_between_the_two_moves_leaves_the_old_one(folder, monkeypatch, error, raised):
    replace, moves = os.replace, []

    def interrupted(source, target):
        moves.append(target)
        if len(moves) == 2:
            raise error
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(raised), replacing_folder(folder):
        pass
    assert names(folder) == ["old.txt"] and names(folder.parent) == ["result"]


def test_a_kill_between_the_two_moves_is_mended_by_the_next(folder):
    folder.rename(folder.with_name(".old-result"))
    with pytest.raises(ValueError), replacing_folder(folder):
        assert names(folder) == ["old.txt"]
        raise ValueError
    assert names(folder) == ["old.txt"]


def test_a_link_stays_a_link(folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(folder)
    with replacing_folder(link) as new:
        (new / "new.txt").write_text("new")
    assert link.is_symlink() and names(folder) == ["new.txt"]


def test_a_text_is_whole_on_the_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path, monkeypatch
):
    path, replace, on_disk, moved = tmp_path / "text", os.replace, [], []
    path.write_text("old")

    def seen(source, target):
        moved.append((pathlib.Path(source).read_text(), path.read_text()))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", lambda file: on_disk.append(os.fstat(file).st_size))
    monkeypatch.setattr(os, "replace", seen)
    write_text(path, "newer")
    assert on_disk == [5] and moved == [("newer", "old")]
    assert path.read_text() == "newer" and names(tmp_path) == ["text"]


def test_an_error_leaves_the_old_text(tmp_path, monkeypatch):
    path = tmp_path / "text"
    path.write_text("old")

    def refuse(source, target):
        raise OSError

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError, match="text .*; what was there is untouched"):
        write_text(path, "new")
    assert path.read_text() == "old" and names(tmp_path) == ["text"]


def test_processes_that_write_one_file_have_names_of_their_own(tmp_path, monkeypatch):
    path = temporary_path(tmp_path / "text.npz")
    assert path.suffix == ".npz"
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert temporary_path(tmp_path / "text.npz") != path


def test_a_folder_that_is_deleted_is_gone_at_once(folder, monkeypatch):
    seen = []
    monkeypatch.setattr(shutil, "rmtree", lambda path: seen.append((path, folder.exists())))
    delete_folder(folder)
    assert seen == [(temporary_path(folder), False)]


@pytest.mark.parametrize("context", [making_folder, replacing_folder])
def test_who_makes_a_folder_removes_what_dead_processes_have_begun_beside_it(
    context, left_over, tmp_path
):
    (tmp_path / left_over("run")).mkdir()
    with context(tmp_path / "run") as new:
        assert names(tmp_path) == [new.name]


def test_what_dead_processes_have_begun_is_removed(left_over, tmp_path):
    names = {
        "dead": left_over("text"),
        "folder": left_over("folder"),
        "alive": temporary_path(tmp_path / "text").name,
        "elsewhere": left_over("text").replace(socket.gethostname(), "elsewhere"),
        "result": "text",
    }
    for key, name in names.items():
        (tmp_path / name).mkdir() if key == "folder" else (tmp_path / name).write_text(key)
    remove_left_over(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {names[key] for key in ("alive", "elsewhere", "result")}
