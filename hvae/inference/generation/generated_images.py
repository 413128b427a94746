"""Samples as a sequence."""


class GeneratedImages:
    """Draws images when they are asked for, and keeps only the last one.

    Made for readers that go from the first to the last: any other step starts to draw anew.

    Args:
        stream: from a range of numbers to an iterator of images, such as
            `Generator.stream`.
        num_images: how many there are.
    """

    def __init__(self, stream, num_images):
        self.stream = stream
        self.num_images = num_images
        self._number, self._image = None, None
        self._rest = iter(())

    def __len__(self):
        return self.num_images

    def __getitem__(self, number):
        if self._number is None or number not in (self._number, self._number + 1):
            self._rest = iter(self.stream(range(number, self.num_images)))
        if number != self._number:
            self._number, self._image = number, next(self._rest)
        return self._image
