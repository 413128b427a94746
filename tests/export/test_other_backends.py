import keras
import pytest

from hvae.errors import UserError
from hvae.export.exporter import Exporter
from hvae.model import HVAE
from tests.conftest import tiny_config


@pytest.mark.every_backend
@pytest.mark.skipif(keras.config.backend() == "tensorflow", reason="it is TensorFlow")
def test_export_names_the_backend_that_it_needs():
    with pytest.raises(UserError, match="runs under the backend tensorflow, whichever trained"):
        Exporter(HVAE(tiny_config()))
