"""Every way to train that is here, once, in this process: each under its backend."""

import pytest

from benchmarks.training.engines import ENGINES
from benchmarks.training.worker import Session
from tests.conftest import BACKEND
from utils.command_line.training_request import parse_training_arguments

FLAGS = (
    *("--config", "cifar10", "--num_scales", "1", "--stage_in_width", "4", "--z_width", "1"),
    *("--enc_middle_width", "2", "--dec_middle_width", "2", "--batch_size", "2"),
    *("--enc_num_blocks", "1", "--enc_pool_blocks", "0", "--dec_num_blocks", "1"),
)


#: Engines of our trainer under another backend than TensorFlow.
BACKENDS = {"hvae_jax": "jax", "hvae_torch": "torch"}
NAMES = [n for n in ENGINES.names() if BACKENDS.get(n, "tensorflow") == BACKEND]


@pytest.mark.every_backend
@pytest.mark.parametrize("name", [n for n in NAMES if n != "torch_compile"])
def test_engines_train(name):
    engine_class = ENGINES[name]
    request = parse_training_arguments([*FLAGS, *engine_class.flags, "--no-save"])
    session = Session(engine_class(request), request.experiment)
    assert session.start()["parameters"] == 5_124
    if name.startswith("hvae") and name not in BACKENDS:
        assert session.reckon()["bytes"] > 0
    assert session.update()["seconds"] > 0
    if name.startswith("hvae"):
        assert session.evaluate()["seconds"] > 0
    if engine_class.can_profile:
        profile = session.profile()
        assert sum("onv" in name for name in profile["operations"]) >= 2
        assert 0 < sum(profile["operations"].values()) < 2 * profile["seconds"]
