"""Small random transforms of images."""

import math

from keras import ops


class Augmentation:
    """Turns, zooms and shifts every image a little, each differently, and may mirror it.

    A pixel takes the value of the nearest pixel of the image; beyond the border that of
    the border. Copies are learnt like other images: values between pixels would teach the
    model blur, and zeros black corners. Integers stay integers and binary images binary.

    Args:
        can_flip: whether every other image is mirrored, left to right.

    Reference:
        The "simple" augmentation of the published code of Sinha & Dieng 2021 (CR-VAE).
    """

    max_shift = 0.05  # of the height and of the width
    max_angle = math.radians(15.0)
    max_zoom = 0.1  # factors 0.9 … 1.1

    #: Random numbers that the transform of one image needs.
    num_uniforms = 5

    def __init__(self, can_flip=False):
        self.can_flip = can_flip

    def __call__(self, images, uniforms):
        """The transformed images, of the same shape and dtype.

        Args:
            images: integers, `(batch, height, width, channels)`.
            uniforms: numbers in [0, 1), `(batch, num_uniforms)`: shift down, shift to the
                right, counter-clockwise angle, zoom, mirroring. 0.5 changes nothing.
        """
        height, width, channels = images.shape[1:]
        # `ops.image.affine_transform` does not compile through XLA under TensorFlow.
        rows, columns = self._sources(height, width, uniforms)
        pixels = ops.reshape(images, (-1, height * width, channels))
        sources = ops.reshape(rows * width + columns, (-1, height * width, 1))
        return ops.reshape(
            ops.take_along_axis(pixels, sources, axis=1), (-1, height, width, channels)
        )

    def _sources(self, height, width, uniforms):
        """Row and column, `(batch, height, width)` each, that every pixel's value is from."""
        signed = 2.0 * uniforms - 1.0
        down, right, angle, zoom, mirror = (
            signed[:, i, None, None] for i in range(self.num_uniforms)
        )
        # From the image's centre: (batch, height, 1) and (batch, 1, width).
        y = ops.reshape(_centred(height), (1, -1, 1)) - self.max_shift * height * down
        x = ops.reshape(_centred(width), (1, 1, -1)) - self.max_shift * width * right
        cos, sin = ops.cos(self.max_angle * angle), ops.sin(self.max_angle * angle)
        factor = 1.0 + self.max_zoom * zoom
        source_y, source_x = (cos * y + sin * x) / factor, (cos * x - sin * y) / factor
        if self.can_flip:
            source_x = ops.where(mirror < 0.0, -source_x, source_x)
        return _nearest(source_y, height), _nearest(source_x, width)


def _centred(size):
    return ops.arange(size, dtype="float32") - (size - 1) / 2


def _nearest(positions, size):
    """Index of the pixel nearest to a position counted from the centre, inside the image."""
    return ops.cast(ops.clip(ops.floor(positions + size / 2), 0, size - 1), "int32")
