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
        (
            {"batch_size": 9, "cr_vae": True},
            "batch_size: must be even with cr_vae, half of it are copies. Received: 9",
        ),
        (
            {"batch_size": 12, "batch_size_div": 4, "cr_vae": True},
            "batch_size_div: must divide half of batch_size 12 with cr_vae. Received: 4",
        ),
        (
            {"kl_balancing": True, "beta_warmup_epochs": 1, "gamma_max_steps": 5},
            "gamma_max_steps: must be 0 with kl_balancing, either balances the KL. Received: 5",
        ),
        ({"beta": 0.5, "beta_min": 0.6}, "beta_min: must be at most beta 0.5. Received: 0.6"),
        ({"adam_epsilon": 0.0}, "adam_epsilon: must be greater than 0.0. Received: 0.0"),
        ({"cr_vae": True, "cr_lambda": -0.1}, "cr_lambda: must be at least 0.0. Received: -0.1"),
        ({"epochs": 1.5}, "epochs: must be a whole number. Received: 1.5"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        TrainingConfig(**changes)


def test_half_of_a_batch_are_copies():
    sizes = {"batch_size": 12, "batch_size_div": 3}
    assert TrainingConfig(**sizes).data_batch_size == 12
    assert TrainingConfig(**sizes, cr_vae=True).data_batch_size == 6


def test_evaluation_takes_no_more_images_than_a_gradient():
    for batch_size, divide, expected in ((16, 1, 16), (16, 4, 4), (512, 2, 100)):
        config = TrainingConfig(batch_size=batch_size, batch_size_div=divide)
        assert config.evaluation_batch_size == expected
