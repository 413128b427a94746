"""What is only of PyTorch; the rest is compared between backends."""

import functools
import random
import shutil

import keras
import numpy as np
import pytest
import torch

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.training.backends import torch_backend, torch_cuda_graph
from hvae.training.backends.torch_backend import compiled
from hvae.training.backends.torch_recording import recorded
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.conftest import BACKEND, lvae_config, one_block_config, random_images, randomize
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


@functools.cache
def trained_eagerly(config, **settings):
    return trained(config, jit=False, **settings)


def check_equal_eager(config, **settings):
    losses, state = trained(config, jit=True, **settings)
    expected, other_state = trained_eagerly(config, **settings)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    check_equal(state, other_state)


@pytest.mark.skipif(
    not shutil.which("g++"), reason="torch.compile needs a C++ compiler, and g++ is not there"
)
def test_compiled_updates_are_those_that_run_operation_by_operation():
    # Dozens of C++ files, of which g++ takes longest over vectors: a small model, without them, and
    # without what finds out which vectors the processor has; and no processes to start g++ from.
    binary = one_block_config(image_size=(4, 4), levels=2, likelihood="bernoulli")
    options = {"cpp.vec_isa_ok": False, "aot_inductor.debug_compile": True, "compile_threads": 1}
    with torch._inductor.config.patch(options):
        check_equal_eager(binary, batch_size_div=2)


def test_what_is_recorded_is_all_that_an_update_does(monkeypatch):
    """What layers keep from batch to batch too."""
    monkeypatch.setattr(torch, "compile", lambda function, dynamic: function)
    check_equal_eager(small_nvae(), regularization_constant=0.1)


def test_a_model_that_reads_a_value_is_not_recorded():
    with pytest.raises(UserError, match="jit: .* Received: .*Dropout2D.call"):
        trained(lvae_config(), jit=True)


@pytest.fixture
def graphs(monkeypatch):
    """What a CUDA graph would hold is run operation by operation: a list of what was captured."""
    runs = []

    def captured(function, warm_up):
        with torch.no_grad():
            warm_up()
        runs.append(function)
        return torch.no_grad()(function)

    monkeypatch.setattr(torch_cuda_graph, "captured", captured)
    monkeypatch.setattr(torch_backend, "has_graphs", lambda: True)
    return runs


@pytest.mark.parametrize(
    "config, settings, count",
    [
        (small_nvae(), {"regularization_constant": 0.1}, 1),
        (one_block_config(), {"batch_size_div": 2}, 2),
        # The first of three updates is skipped, the others are not.
        (one_block_config(), {"gradient_skipnorm": 1e-6, "gradient_skip_start": 0.0}, 1),
    ],
    ids=["state of layers", "in parts", "skipped"],
)
def test_a_graph_is_all_of_an_update(graphs, config, settings, count):
    check_equal_eager(config, **settings)
    assert len(graphs) == count


def test_what_cannot_be_a_graph_is_said_and_runs(graphs):
    with pytest.warns(UserWarning, match="jit: the update is run operation by .*Dropout2D.call"):
        check_equal_eager(lvae_config())
    assert not graphs


def test_results_are_not_written_into_by_the_next_update(graphs):
    double = torch_cuda_graph.CUDAGraphStep(lambda x: 2.0 * x, [])
    first, second = (double(torch.full((2,), value)) for value in (1.0, 2.0))
    assert first.tolist() == [2.0, 2.0] and second.tolist() == [4.0, 4.0]
    assert double(torch.ones(3)).shape == (3,) and len(graphs) == 2


def test_what_is_made_of_constants_is_recorded_as_one():
    weight = keras.Variable(np.ones(3, "float32"))

    def function(x):
        written = keras.ops.convert_to_tensor(np.zeros(3, "float32"))
        written.add_(x)
        weight.assign(x * (keras.ops.convert_to_tensor(np.arange(3.0, dtype="float32")) + 1.0))
        return written

    module, changed = recorded(function, [weight], (torch.ones(3),))
    assert changed == [weight]
    for _ in range(2):
        result, [new] = module([weight.value], torch.full((3,), 2.0))
        assert result.tolist() == [2.0] * 3 and new.tolist() == [2.0, 4.0, 6.0]
    # The sum is worked out, but not what is written into.
    targets = [node.target for node in module.graph.nodes]
    assert torch.ops.aten.add.Tensor not in targets
    assert targets.count(torch.ops.aten.lift_fresh_copy.default) == 1
