import pytest

from hvae.errors import UserError
from utils.runs.run_folder import default_name, make_run_folder


def test_a_name_that_exists_is_refused_unless_it_is_to_be_deleted(tmp_path):
    folder = make_run_folder(tmp_path, "a", reset=False)
    (folder / "config.yaml").write_text("x: 1")
    with pytest.raises(UserError, match="exists; give --resume .* or --reset"):
        make_run_folder(tmp_path, "a", reset=False)
    assert (folder / "config.yaml").exists()
    assert not list(make_run_folder(tmp_path, "a", reset=True).iterdir())


def test_a_folder_that_is_no_run_is_never_deleted(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.tex").write_text("...")
    with pytest.raises(UserError, match="is not a run, it is not deleted"):
        make_run_folder(tmp_path, "precious", reset=True)
    assert (tmp_path / "precious" / "thesis.tex").exists()


def test_default_names_tell_config_and_date():
    assert default_name("cfg/digits.yaml").startswith("digits_20")
    assert default_name(None).startswith("run_20")
