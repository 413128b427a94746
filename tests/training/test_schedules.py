import math

import pytest

from hvae.training.config import TrainingConfig
from hvae.training.schedules import balance_schedule, beta_schedule, learning_rate_schedule

PER_EPOCH = 10


def rate(update, **settings):
    config = TrainingConfig(learning_rate=1.0, learning_rate_end=0.1, epochs=10, **settings)
    return learning_rate_schedule(config, PER_EPOCH)(update)


def beta(update, **settings):
    return beta_schedule(TrainingConfig(beta=2.0, **settings), PER_EPOCH)(update)


def test_cosine_with_warm_up():
    assert rate(0, lr_warmup_epochs=2) == pytest.approx(1 / 20)
    assert rate(9, lr_warmup_epochs=2) == pytest.approx(0.5)
    assert rate(20, lr_warmup_epochs=2) == pytest.approx(1.0)
    assert rate(60, lr_warmup_epochs=2) == pytest.approx(0.55)
    assert rate(100, lr_warmup_epochs=2) == pytest.approx(0.1)
    assert rate(1000, lr_warmup_epochs=2) == pytest.approx(0.1)
    assert rate(0, lr_warmup_epochs=0) == pytest.approx(1.0)


def test_constant_with_warm_up():
    assert [rate(u, scheduler="none", lr_warmup_epochs=0.5) for u in (0, 4, 99)] == [0.2, 1.0, 1.0]


def test_a_warm_up_from_zero_is_one_update_late():
    """As published code warms up: nothing moves in the first update."""
    settings = {"scheduler": "none", "lr_warmup_epochs": 0.5, "lr_warmup_from_zero": True}
    assert [rate(u, **settings) for u in (0, 1, 4, 5, 99)] == [0.0, 0.2, 0.8, 1.0, 1.0]
    assert rate(0, **{**settings, "lr_warmup_epochs": 0}) == 1.0


def test_the_cosine_of_efficient_vdvae():
    """Its schedule, in updates: up to 5, still until 30, down from there to 70, then at the end."""

    def expected(u):
        if u < 30:
            return min(1.0, u / 5)
        return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * min(u - 30, 40) / 40))

    settings = {"lr_warmup_epochs": 0.5, "lr_warmup_from_zero": True}
    settings |= {"lr_decay_start": 3, "lr_decay_epochs": 4}
    for u in (0, 2, 5, 20, 29, 30, 31, 50, 69, 70, 99):
        assert rate(u, **settings) == pytest.approx(expected(u)), u


def test_the_cosine_does_not_start_before_the_warm_up_ends():
    early = [rate(u, lr_warmup_epochs=2, lr_decay_start=1) for u in range(100)]
    assert early == [rate(u, lr_warmup_epochs=2) for u in range(100)]


def test_exponential_falls_tenfold_in_about_a_hundred_epochs():
    assert rate(0, scheduler="exp") == 1.0
    assert rate(10, scheduler="exp") == pytest.approx(0.977)
    assert rate(1000, scheduler="exp") == pytest.approx(0.1, rel=0.03)


def test_restarts_come_after_two_epochs_then_after_four():
    values = [rate(u, scheduler="cosdr") for u in range(70)]
    assert values[0] == values[20] == values[60] == pytest.approx(1.0)
    assert values[10] == values[40] == pytest.approx(0.5)
    assert values[19] < 0.01 and values[59] < 0.01


def test_beta_warms_up_linearly():
    assert [beta(u, beta_warmup_epochs=2) for u in (0, 5, 20, 99)] == [0.0, 0.5, 2.0, 2.0]
    assert beta(0) == 2.0


def test_beta_warms_up_as_in_efficient_vdvae():
    """(u - start) / (start + steps) there, not below its least: 21 and 29 updates."""
    settings = {"beta_warmup_start": 2.1, "beta_warmup_epochs": 5.0, "beta_min": 1e-4}
    for u, expected in ((0, 1e-4), (21, 1e-4), (22, 0.04), (46, 1.0), (71, 2.0), (99, 2.0)):
        assert beta(u, **settings) == pytest.approx(expected), u


def test_beta_cycles_half_rising_half_at_the_top():
    settings = {"beta_warmup_epochs": 2, "cyclic_beta": True, "number_cycles": 2}
    expected = {0: 0.0, 5: 1.0, 10: 2.0, 19: 2.0, 20: 0.0, 25: 1.0, 30: 2.0, 40: 2.0, 45: 2.0}
    assert {u: beta(u, **settings) for u in expected} == expected


def test_the_kl_is_balanced_while_beta_warms_up_or_for_some_updates():
    def balanced(count, **settings):
        schedule = balance_schedule(TrainingConfig(beta=0.7, **settings), PER_EPOCH)
        return [u for u in range(count) if schedule(u)]

    assert balanced(40) == []
    assert balanced(40, gamma_max_steps=7) == list(range(7))
    warm_up = {"kl_balancing": True, "beta_warmup_epochs": 2}
    assert balanced(40, **warm_up) == list(range(20))
    cycles = balanced(60, **warm_up, cyclic_beta=True, number_cycles=2)
    assert cycles == [*range(10), *range(20, 30)]


def test_the_whole_cosine_is_between_its_ends():
    values = [rate(u, lr_warmup_epochs=0) for u in range(101)]
    assert all(0.1 <= v <= 1.0 for v in values) and values == sorted(values, reverse=True)
    assert math.isclose(sum(values) / 101, 0.55)
