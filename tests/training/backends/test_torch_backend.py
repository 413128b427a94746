"""What is only of PyTorch; the rest is compared between backends."""

import pytest
import torch

from hvae.errors import UserError
from hvae.training.backends.torch_backend import compiled

pytestmark = pytest.mark.tensorflow  # needs no backend of Keras: once


def test_a_function_that_cannot_be_compiled_is_a_line(monkeypatch):
    def refuse(*arguments):
        raise torch._dynamo.exc.InternalTorchDynamoError("frozen dataclass")

    monkeypatch.setattr(torch, "compile", lambda function, dynamic: refuse)
    with pytest.raises(UserError, match="--no-jit runs it .* Received: frozen dataclass"):
        compiled(abs, jit=True)(-1)
    assert compiled(abs, jit=False) is abs
