import numpy as np
import pytest

from hvae.errors import UserError

pytestmark = pytest.mark.tensorflow

IMAGES = np.arange(23, dtype=np.uint8).reshape(23, 1, 1, 1)


def make(images=IMAGES, batch_size=5, seed=0, **options):
    from data.training_batches import TrainingBatches

    return TrainingBatches(images, batch_size, seed, **options)


def epoch(batches, index, start=0):
    return [np.array(batch).ravel().tolist() for batch in batches.epoch(index, start)]


def test_an_epoch_shows_every_image_at_most_once_in_full_batches():
    batches = epoch(make(), 0)
    shown = sum(batches, [])
    assert len(batches) == len(make()) == 4
    assert len(shown) == len(set(shown)) == 20


def test_the_order_follows_from_seed_and_epoch():
    assert epoch(make(), 1) == epoch(make(), 1)
    assert epoch(make(), 1) != epoch(make(), 0)
    assert epoch(make(), 1) != epoch(make(seed=1), 1)


def test_an_epoch_can_be_taken_up_anywhere():
    whole = epoch(make(), 2)
    for start in range(5):
        assert epoch(make(), 2, start) == whole[start:]


def test_dynamic_binarization_draws_anew_in_every_epoch_and_again_on_resume():
    images = np.full((20, 10, 10, 1), 64, np.uint8)
    batches = make(images, binarize_levels=257)
    first, again, later = epoch(batches, 0), epoch(batches, 0), epoch(batches, 1)
    assert first == again and first != later
    assert epoch(batches, 0, 2) == first[2:]
    assert set(sum(first, [])) == {0, 1}
    assert np.mean(first) == pytest.approx(0.25, abs=0.04)


def test_too_few_images_are_refused():
    with pytest.raises(
        UserError, match="batch_size: there are only 23 training images. Received: 24"
    ):
        make(batch_size=24)
