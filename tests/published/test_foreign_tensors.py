"""Files that hold something else than a codebase's tensors."""

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.published.state_dict import StateDict
from hvae.published.weight_files import read_state_dicts
from utils.command_line.script import run_script
from utils.import_weights import import_weights, parse_arguments


@pytest.mark.parametrize(
    "tensors",
    [
        {1: np.zeros(2)},
        {"a": 3},
        {"a": {"b": np.zeros(2)}},
        {"a": np.array(["x"])},
        {"a": np.zeros(2, complex)},
    ],
)
def test_what_is_no_tensor_by_name_is_refused(tensors):
    with pytest.raises(UserError, match="must hold names and tensors of numbers. Received: "):
        StateDict(tensors)


def test_a_pickle_is_refused_without_advice_to_run_it(tmp_path):
    np.savez(tmp_path / "code.npz", a=np.array([{}], object))
    with pytest.raises(UserError, match="would run code that it brings") as caught:
        read_state_dicts(tmp_path / "code.npz")
    assert "allow_pickle" not in str(caught.value)


def test_another_familys_configuration_is_refused(tmp_path, capsys):
    np.savez(tmp_path / "tensors.npz", a=np.zeros(3))
    typed = [str(tmp_path / "tensors.npz"), "--out", str(tmp_path / "run"), "--config"]
    for codebase, config in (("openai_vdvae", "digits_lvae"), ("addtt_lvae", "digits")):
        assert run_script(parse_arguments, lambda: import_weights, [codebase, *typed, config]) == 2
        assert f"models of {codebase} are of model_family" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
