import pytest

from hvae.errors import UserError
from hvae.training.config import TrainingConfig


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"batch_size": 10, "batch_size_div": 3},
            "batch_size_div: must divide batch_size 10. Received: 3",
        ),
        ({"optimizer": "adam"}, "optimizer: allowed are adamax, adamw, sgd. Received: adam"),
        ({"learning_rate": 0.0}, "learning_rate: must be greater than 0.0"),
        ({"ema_decay": 1.0}, "ema_decay: must be less than 1. Received: 1.0"),
        ({"cyclic_beta": True}, "beta_warmup_epochs: cyclic_beta needs a length"),
        ({"cr_vae": True}, "cr_vae: consistency regularisation is not available yet"),
        ({"epochs": 1.5}, "epochs: must be a whole number. Received: 1.5"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        TrainingConfig(**changes)
