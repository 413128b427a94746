"""The line that says what an update needs of memory."""

import pytest


@pytest.mark.parametrize(
    ("needed", "available", "line"),
    [
        (35e6, 20e9, "about 35 MB beside the model, and 20.0 GB are free"),
        (9.14e9, 20e9, "about 9.1 GB beside the model, and 20.0 GB are free"),
        (
            30e9,
            20e9,
            "about 30.0 GB beside the model, and 20.0 GB are free: too little; "
            "--remat, --batch_size_div or a smaller --batch_size need less",
        ),
        (35e6, None, "about 35 MB beside the model"),
    ],
)
def test_what_is_needed_and_what_is_free(monkeypatch, needed, available, line):
    from utils.runs import train

    monkeypatch.setattr(train, "available_bytes", lambda: available)
    assert train._memory(needed, has_accelerator=False) == f"memory of an update: {line}"
