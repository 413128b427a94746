"""Batches of training images in an order that can be taken up anywhere."""

import collections
import concurrent.futures

import numpy as np

from hvae.errors import UserError

#: Batches that are read while earlier ones are trained on.
AHEAD = 2


class TrainingBatches:
    """Shuffled batches, the same for the same seed, epoch and position, under every backend.

    The order is one of the whole epoch. Whether an image is mirrored, and how its pixels are
    drawn, follows from the seed, the epoch and the image alone: neither where training was taken
    up nor how many processes share a batch changes them. Images that do not fill a batch at the
    end of an epoch are left out of that epoch.

    Args:
        images: integers, `(images, height, width, channels)`: an array, or what reads rows of
            one that is on disk (`StoredImages`, `Rows`).
        batch_size: images of a batch, of all processes together.
        seed: seed of the order, of mirroring and of binarisation.
        binarize_levels: if given, pixels of this many levels are binarised anew in
            every epoch.
        horizontal_flip: whether every image is mirrored, left to right, in half of the epochs.
        shard: which part of every batch this process gets, 0 … num_shards − 1.
        num_shards: how many processes share a batch, each `batch_size / num_shards` images of it.

    Raises:
        UserError: if there are fewer images than a batch needs, or the processes cannot share it.
    """

    def __init__(
        self,
        images,
        batch_size,
        seed,
        binarize_levels=None,
        horizontal_flip=False,
        shard=0,
        num_shards=1,
    ):
        if len(images) < batch_size:
            raise UserError(
                f"batch_size: there are only {len(images)} training images. "
                f"Received: {batch_size} in a batch"
            )
        if batch_size % num_shards:
            raise UserError(
                f"batch_size: must be divisible by the {num_shards} processes that share it. "
                f"Received: {batch_size}"
            )
        self.images = images
        self.batch_size = batch_size
        self.seed = seed
        self.binarize_levels = binarize_levels
        self.horizontal_flip = horizontal_flip
        part = batch_size // num_shards
        self._part = slice(shard * part, (shard + 1) * part)

    def __len__(self):
        """Batches of one epoch."""
        return len(self.images) // self.batch_size

    def epoch(self, index, start=0):
        """The batches of an epoch, from number `start` on, as arrays.

        While one is used the next ones are read, by threads that end with the iteration.
        """
        order = np.random.default_rng([self.seed, index]).permutation(len(self.images))
        is_mirrored = self._mirrored(index)
        positions = iter(range(start, len(self)))
        pending = collections.deque()
        with concurrent.futures.ThreadPoolExecutor(AHEAD) as pool:

            def read_one_more():
                position = next(positions, None)
                if position is not None:
                    rows = order[position * self.batch_size :][: self.batch_size][self._part]
                    pending.append(pool.submit(self._read, rows, index, is_mirrored))

            for _ in range(AHEAD):
                read_one_more()
            while pending:
                batch = pending.popleft().result()
                read_one_more()
                yield batch

    def _mirrored(self, index):
        """Of every image, whether it is mirrored in an epoch; `None` if none is."""
        if not self.horizontal_flip:
            return None
        # A third number keeps the draw apart from that of the order.
        return np.random.default_rng([self.seed, index, 1]).random(len(self.images)) < 0.5

    def _read(self, rows, index, is_mirrored):
        images = np.ascontiguousarray(self.images[rows])
        if is_mirrored is not None:
            # As one item a pixel: twice as fast as channel by channel.
            pixels = images.view(np.dtype((np.void, images.shape[-1] * images.itemsize)))
            for place in np.flatnonzero(is_mirrored[rows]):
                pixels[place] = pixels[place, :, ::-1].copy()
        if self.binarize_levels is None:
            return images
        return self._drawn_binary(images, index, rows)

    def _drawn_binary(self, images, index, rows):
        drawn = np.empty(images.shape, np.uint8)
        for place, (image, row) in enumerate(zip(images, rows.tolist())):
            # Every image has numbers of its own, wherever it is in whose batch.
            generator = np.random.Philox(key=[self.seed, index], counter=[0, 0, row, 0])
            uniform = np.random.Generator(generator).random(image.shape, dtype=np.float32)
            drawn[place] = uniform * (self.binarize_levels - 1) < image
        return drawn
