import pytest

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.training.execution import get_execution
from tests.conftest import tiny_config


def test_an_unknown_remat_is_refused():
    with pytest.raises(UserError, match="remat: allowed are none, block, stage. Received: blocks"):
        get_execution(HVAE(tiny_config()), "blocks")
