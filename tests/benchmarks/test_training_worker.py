"""Every way to train that is here, once, in this process: each under its backend."""

import pytest

from benchmarks.training.engines import ENGINES
from benchmarks.training.worker import Session
from tests.conftest import BACKEND
from utils.command_line.training_request import parse_training_arguments

pytestmark = pytest.mark.usefixtures("environment_stays", "op_by_op")

FLAGS = (
    *("--config", "cifar10", "--num_scales", "1", "--stage_in_width", "4", "--z_width", "1"),
    *("--enc_middle_width", "2", "--dec_middle_width", "2", "--batch_size", "2"),
    *("--enc_num_blocks", "1", "--enc_pool_blocks", "0", "--dec_num_blocks", "1"),
)


def read(name):
    """The request of an engine."""
    flags = ["--backend", "tensorflow", *ENGINES[name].flags]  # the last counts
    return parse_training_arguments([*FLAGS, *flags, "--no-save"])


# Another backend cannot be chosen once one is imported; torch.compile takes a minute.
NAMES = [
    name
    for name in ENGINES.names()
    if read(name).experiment.run.backend == BACKEND and not name.endswith("torch_compile")
]


@pytest.mark.every_backend
@pytest.mark.parametrize("name", NAMES)
def test_engines_train(name):
    engine_class = ENGINES[name]
    request = read(name)
    session = Session(engine_class(request), request.experiment)
    assert session.start()["parameters"] == 5_124
    if name.startswith("hvae") and BACKEND == "tensorflow":
        assert session.reckon()["bytes"] > 0
    assert session.update()["seconds"] > 0
    if name.startswith("hvae"):
        assert session.evaluate()["seconds"] > 0
    if engine_class.can_profile:
        profile = session.profile()
        assert sum("onv" in name for name in profile["operations"]) >= 2
        assert 0 < sum(profile["operations"].values()) < 2 * profile["seconds"]
