import pytest

from hvae.files.atomic import replacing
from utils.runs.results import Results, latest_result

pytestmark = pytest.mark.tensorflow


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
