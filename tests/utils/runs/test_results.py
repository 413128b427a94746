from filelock import FileLock, Timeout

from hvae.files.atomic import replacing
from utils.runs import results as results_module
from utils.runs.results import Results, latest_result


def visible(folder):
    return sorted(path.name for path in folder.glob("[!.]*"))


def test_commands_at_the_same_time_have_numbers_of_their_own(tmp_path):
    commands = [Results(tmp_path, "generate") for _ in range(3)]
    for i, results in enumerate(commands):
        with replacing(results.path("samples.npz")) as temporary:
            temporary.write_text(str(i))
            assert results.path("log.json").stem.removeprefix("log") in ("", f"_{i + 1}")
    for results in commands:
        results.release()
    folder = tmp_path / "generate"
    assert visible(folder) == ["samples.npz", "samples_2.npz", "samples_3.npz"]
    assert (folder / "samples_2.npz").read_text() == "1"
    assert latest_result(tmp_path, "generate", "samples.npz").name == "samples_3.npz"
    assert not list(folder.glob(".writing*"))


def test_a_number_under_which_nothing_was_written_is_free_again(tmp_path):
    first = Results(tmp_path, "generate")
    assert first.path("samples.png").name == "samples.png"
    second = Results(tmp_path, "generate")
    assert second.path("samples.png").name == "samples_2.png"
    for results in (first, second):
        results.release()
    assert Results(tmp_path, "generate").path("samples.png").name == "samples.png"


def test_one_command_at_a_time_looks_for_its_number(tmp_path, monkeypatch):
    """From before it looks until its number is there for all to see."""
    seen = []

    def locked(name):
        call = getattr(results_module, name)

        def looked(path):
            folder = path if path.is_dir() else path.parent
            try:
                with FileLock(folder / ".numbers").acquire(blocking=False):
                    seen.append(f"{name}: anybody may")
            except Timeout:
                seen.append(name)
            return call(path)

        return looked

    for name in ("remove_left_over", "temporary_path"):
        monkeypatch.setattr(results_module, name, locked(name))
    Results(tmp_path, "generate").path("samples.png")
    assert seen == ["remove_left_over", "temporary_path"]


def test_what_dead_commands_have_left_is_removed_and_their_numbers_are_free(tmp_path, left_over):
    folder = tmp_path / "generate"
    folder.mkdir()
    left = [left_over(name) for name in ("reserved_7", "samples_7.npz")]
    for name in left:
        (folder / name).touch()
    assert Results(tmp_path, "generate").path("samples.png").name == "samples.png"
    assert not {path.name for path in folder.iterdir()} & set(left)
