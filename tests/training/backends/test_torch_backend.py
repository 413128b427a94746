"""What is only of PyTorch; the rest is compared between backends."""

import random
import shutil

import keras
import numpy as np
import pytest
import torch

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.training.backends.torch_backend import compiled
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.conftest import BACKEND, lvae_config, random_images, randomize, tiny_config
from tests.harness import check_equal
from tests.trained_under import small_nvae

pytestmark = [
    pytest.mark.every_backend,
    pytest.mark.skipif(BACKEND != "torch", reason="torch.compile is PyTorch's"),
]


def test_a_function_that_cannot_be_compiled_is_a_line(monkeypatch):
    def refuse(*arguments):
        raise torch._dynamo.exc.InternalTorchDynamoError("frozen\ndataclass")

    monkeypatch.setattr(torch, "compile", lambda function, dynamic: refuse)
    with pytest.raises(UserError, match="--no-jit runs it .* Received: frozen dataclass$"):
        compiled(torch.abs, [], jit=True)(torch.ones(2))
    assert compiled(abs, [], jit=False) is abs


def trained(config, jit, **settings):
    """Losses and norms of a few updates, and all that they leave."""
    random.seed(0)
    model = randomize(HVAE(config), scale=0.2)
    kind = {"batch_size": 4, "gradient_clipnorm": 0.5, "adam_epsilon": 1e-4, **settings}
    trainer = Trainer(model, TrainingConfig(**kind), 10, jit)
    images = random_images(config, trainer.config.data_batch_size)
    results = [trainer.train_batch(images) for _ in range(3)]
    state = [keras.ops.convert_to_numpy(v) for v in [*model.layer_variables, *trainer.state]]
    return [[r.nll, r.kl.sum(), r.gradient_norm] for r in results], state


def check_equal_eager(config, **settings):
    (losses, state), (expected, other_state) = (
        trained(config, jit, **settings) for jit in (True, False)
    )
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    check_equal(state, other_state)


@pytest.mark.skipif(
    not shutil.which("g++"), reason="torch.compile needs a C++ compiler, and g++ is not there"
)
def test_compiled_updates_are_those_that_run_operation_by_operation():
    binary = tiny_config(num_scales=1, levels=2, likelihood="bernoulli")  # compiles half a minute
    check_equal_eager(binary, batch_size_div=2)


def test_what_is_recorded_is_all_that_an_update_does(monkeypatch):
    """What layers keep from batch to batch too."""
    monkeypatch.setattr(torch, "compile", lambda function, dynamic: function)
    check_equal_eager(small_nvae(), regularization_constant=0.1)


def test_a_model_that_reads_a_value_is_not_recorded():
    with pytest.raises(UserError, match="jit: .* Received: .*Dropout2D.call"):
        trained(lvae_config(), jit=True)
