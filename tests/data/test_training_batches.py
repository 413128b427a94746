import subprocess
import sys
import threading

import numpy as np
import pytest

from data.rows import Rows
from data.stored_images import StoredImages
from data.training_batches import TrainingBatches
from hvae.errors import UserError

IMAGES = np.arange(23, dtype=np.uint8).reshape(23, 1, 1, 1)


def make(images=IMAGES, batch_size=5, seed=0, **options):
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


def test_the_order_stays_what_it_was_when_tensorflow_read_it():
    # By `default_rng([seed, epoch]).permutation`: a run that was begun then goes on with it.
    order = np.random.default_rng([7, 3]).permutation(23)[:20].reshape(4, 5)
    assert epoch(make(seed=7), 3) == order.tolist()


def test_processes_share_a_batch_in_the_order_of_one():
    wide = np.arange(24, dtype=np.uint8).reshape(24, 1, 1, 1) * np.ones((1, 1, 9, 1), np.uint8)
    wide[..., 0, :] = 100  # so that a mirrored image is another one
    options = {"batch_size": 6, "horizontal_flip": True, "binarize_levels": 120}
    for chosen in ({"batch_size": 6}, {**options, "binarize_levels": None}, options):
        whole = list(make(wide, **chosen).epoch(1))
        parts = [make(wide, **chosen, shard=i, num_shards=3).epoch(1) for i in range(3)]
        shared = [np.concatenate(batches) for batches in zip(*parts)]
        np.testing.assert_array_equal(shared, whole)
    with pytest.raises(UserError, match="divisible by the 4 processes that share it. Received: 6"):
        make(batch_size=6, num_shards=4)


def test_images_are_mirrored_by_seed_epoch_and_image():
    images = np.random.default_rng(0).integers(0, 256, (400, 2, 3, 3), dtype=np.uint8)
    copy = images.copy()

    def mirrored(batches, index, start=0):
        found = {}
        for batch in batches.epoch(index, start):
            for image in batch:
                straight = np.flatnonzero((images == image).all((1, 2, 3)))
                other = np.flatnonzero((images[:, :, ::-1] == image).all((1, 2, 3)))
                assert len(straight) + len(other) == 1
                found[int(np.concatenate([straight, other])[0])] = len(other) == 1
        return found

    batches = make(images, batch_size=50, seed=3, horizontal_flip=True)
    first = mirrored(batches, 0)
    assert len(first) == 400 and 150 < sum(first.values()) < 250
    # Batches of another size come in the same order, and from another place: no other flips.
    assert mirrored(make(images, batch_size=80, seed=3, horizontal_flip=True), 0) == first
    taken_up = mirrored(batches, 0, start=5)
    assert taken_up == {number: first[number] for number in taken_up}
    assert mirrored(batches, 1) != first
    assert mirrored(make(images, batch_size=50, seed=4, horizontal_flip=True), 0) != first
    assert not any(mirrored(make(images, batch_size=50, seed=3), 0).values())
    np.testing.assert_array_equal(images, copy)


def test_reading_threads_end_with_the_iteration():
    before = threading.active_count()
    next(iter(make().epoch(0)))
    batches = make().epoch(0)
    next(batches)
    batches.close()
    assert threading.active_count() == before


def test_what_cannot_be_read_ends_the_iteration():
    class Broken:
        shape, dtype = (23, 1, 1, 1), np.dtype("uint8")

        def __len__(self):
            return 23

        def __getitem__(self, rows):
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        next(make(Broken()).epoch(0))


def test_neither_batches_nor_stored_images_need_a_backend():
    code = (
        "import sys, data.training_batches, data.stored_images; "
        "assert not {'tensorflow', 'jax', 'torch', 'keras'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_stored_images_are_those_of_the_file(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (23, 4, 3, 3), dtype=np.uint8)
    np.save(tmp_path / "images.npy", images)
    stored = StoredImages(tmp_path / "images.npy")
    assert (len(stored), stored.shape, stored.dtype) == (23, images.shape, np.uint8)
    np.testing.assert_array_equal(stored, images)
    np.testing.assert_array_equal(stored[-1], images[-1])
    for key in ([4, -2, 4], np.zeros(0, int), np.arange(23) > 17, slice(20, 2, -3)):
        np.testing.assert_array_equal(stored[key], images[key])
    np.testing.assert_array_equal(Rows(stored, [3, 1])[1:], images[[1]])
    with pytest.raises(IndexError):
        stored[[23]]
    expected = list(make(images, horizontal_flip=True).epoch(2))
    np.testing.assert_array_equal(list(make(stored, horizontal_flip=True).epoch(2)), expected)


def test_a_file_that_became_shorter_is_named(tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, np.zeros((10, 100, 100, 3), np.uint8))
    stored = StoredImages(path)
    with open(path, "r+b") as file:
        file.truncate(200_000)
    assert not stored[[5]].any()
    with pytest.raises(OSError, match="images.npy has become shorter"):
        stored[[6]]


def test_input_takes_no_more_memory_the_larger_the_set(tmp_path):
    code = """
import resource, sys, numpy as np
from data.stored_images import StoredImages
from data.training_batches import TrainingBatches
count, peak = int(sys.argv[2]), lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
images = StoredImages(sys.argv[1])
before = peak()
batches = TrainingBatches(images[:count], 4, 0, horizontal_flip=True)
assert sum(len(batch) for batch in batches.epoch(0)) == count
print(peak() - before)
"""
    path = tmp_path / "images.npy"
    np.lib.format.open_memmap(path, "w+", np.uint8, (400, 512, 512, 3))  # 300 MB, sparse
    grown = [
        int(
            subprocess.run(
                [sys.executable, "-c", code, path, str(count)], stdout=subprocess.PIPE, check=True
            ).stdout
        )
        for count in (40, 400)
    ]
    # KB: a few batches of 3 MB, whatever the number of images.
    assert max(grown) < 40_000
