"""The factor on the loss under float16."""

import random

import numpy as np
import pytest
from keras import ops

from hvae.training.loss.loss_scale import LossScale


@pytest.mark.every_backend
def test_it_falls_with_an_overflow_and_rises_after_patience():
    scale = LossScale(initial=8.0, patience=3)
    values = []
    for is_finite in [True, False, True, True, True, True, False, False, False, False, False]:
        scale.follow(ops.convert_to_tensor(is_finite))
        values.append(float(ops.convert_to_numpy(scale.value)))
    assert values == [8, 4, 4, 4, 8, 8, 4, 2, 1, 1, 1]


@pytest.mark.tensorflow
def test_float16_trains_as_float32_and_an_overflow_is_skipped():
    from hvae.model import HVAE
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer
    from tests.conftest import one_block_config, random_images

    trainers = {}
    for dtype in ("float32", "mixed_float16"):
        random.seed(0)
        model = HVAE(one_block_config(), dtype=dtype)
        trainers[dtype] = Trainer(model, TrainingConfig(batch_size=8), 10, jit=False)
    exact, half = trainers.values()
    assert exact.loss_scale is None
    images = random_images(one_block_config(), 8)
    results = [trainer.train_batch(images) for trainer in (exact, half)]
    assert results[1].gradient_norm == pytest.approx(results[0].gradient_norm, rel=0.02)
    before = [np.array(v) for v in half.variables]
    half.loss_scale.value.assign(2.0**60)
    assert half.train_batch(images).skipped
    assert float(half.loss_scale.value) == 2.0**59
    for old, new in zip(before, half.variables, strict=True):
        np.testing.assert_array_equal(old, np.array(new))
