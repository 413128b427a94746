"""Which tensors of a file are which weights."""

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.published.weight_files import read_state_dicts, state_dicts_of


@pytest.mark.parametrize(
    ("contents", "ema"),
    [
        ({"model_state_dict": {"w": 1}, "ema_model_state_dict": {"w": 2}, "global_step": 3}, 2),
        ({"model_state_dict": {"w": 1}, "ema_model_state_dict": None}, 1),
        ({"state_dict": {"w": 1}, "epoch": 3}, 1),
        ({"w": 1}, 1),
    ],
)
def test_the_average_and_the_weights_it_is_of(contents, ema, tmp_path):
    torch = pytest.importorskip("torch")

    def tensors(value):
        if isinstance(value, dict):
            return {name: tensors(item) for name, item in value.items()}
        return None if value is None else torch.full((2,), float(value), dtype=torch.float16)

    torch.save(tensors(contents), tmp_path / "file.pt")
    found = read_state_dicts(tmp_path / "file.pt")
    for kind, value in {"ema": ema, "raw": 1}.items():
        np.testing.assert_array_equal(found[kind]["w"], np.full(2, value, "float32"))
        assert found[kind]["w"].dtype == "float32"
    assert (found["ema"] is found["raw"]) == (ema == 1)


def test_something_else_in_their_place_is_refused():
    for contents in ({"state_dict": 3}, {"model_state_dict": [1.0]}):
        with pytest.raises(UserError, match="names and tensors of numbers. Received: (3|.1.0.)"):
            state_dicts_of(contents)
