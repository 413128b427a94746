"""Batches of training images in an order that can be taken up anywhere."""

import numpy as np
import tensorflow as tf

from hvae.errors import UserError


class TrainingBatches:
    """Shuffled batches, the same for the same seed, epoch and position.

    Images that do not fill a batch at the end of an epoch are left out of that epoch.

    Args:
        images: integers, `(images, height, width, channels)`, or `Rows` of such.
        batch_size: images of a batch.
        seed: seed of the order, and of binarisation.
        binarize_levels: if given, pixels of this many levels are binarised anew in
            every epoch.

    Raises:
        UserError: if there are fewer images than a batch needs.
    """

    def __init__(self, images, batch_size, seed, binarize_levels=None):
        if len(images) < batch_size:
            raise UserError(
                f"batch_size: there are only {len(images)} training images. "
                f"Received: {batch_size} in a batch"
            )
        self.images = images
        self.batch_size = batch_size
        self.seed = seed
        self.binarize_levels = binarize_levels

    def __len__(self):
        """Batches of one epoch."""
        return len(self.images) // self.batch_size

    def epoch(self, index, start=0):
        """The batches of an epoch, from number `start` on, as tensors."""
        order = np.random.default_rng([self.seed, index]).permutation(len(self.images))
        order = order[: len(self) * self.batch_size].reshape(len(self), self.batch_size)

        def read(rows):
            return self.images[rows]

        def batch(position, rows):
            # Not a constant of the graph: the images may be larger than memory.
            images = tf.numpy_function(read, [rows], self.images.dtype)
            images = tf.ensure_shape(images, (self.batch_size, *self.images.shape[1:]))
            if self.binarize_levels is None:
                return images
            seed = tf.stack([tf.cast(self.seed, tf.int64), index * len(self) + position])
            uniform = tf.random.stateless_uniform(tf.shape(images), seed)
            threshold = uniform * (self.binarize_levels - 1)
            return tf.cast(threshold < tf.cast(images, tf.float32), tf.uint8)

        positions = tf.range(start, len(self), dtype=tf.int64)
        return tf.data.Dataset.from_tensor_slices((positions, order[start:])).map(batch).prefetch(2)
