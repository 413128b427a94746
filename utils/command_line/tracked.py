"""A loop of which the progress is shown."""

from hvae.inference.running.batches import Steps


class Tracked:
    """How much of a loop is done, in images where its steps go through images.

    Args:
        iterable, total, initial, images: as of `Display.track`.
    """

    def __init__(self, iterable, total=None, initial=0, images=None):
        self._iterable = iterable
        self._images = images
        self._knows_images = isinstance(iterable, Steps)
        factor = 1 if images is None else images
        if self._knows_images:
            self.total = iterable.num_images
        else:
            steps = len(iterable) if total is None and hasattr(iterable, "__len__") else total
            self.total = None if steps is None else steps * factor
        self.initial = initial * factor

    @property
    def unit(self):
        """What is counted; of one image the singular."""
        if self._images is None and not self._knows_images:
            return "steps"
        return "image" if self.total == 1 else "images"

    def steps(self):
        """Steps, each with what it adds once it is done."""
        for step in self._iterable:
            yield step, len(step) if self._knows_images else self._images or 1
