"""A run in use: its model, its images and where results go, each loaded when asked for."""

import functools
import pathlib

import keras
import numpy as np

from hvae.errors import UserError
from hvae.loading import load_model
from hvae.training.backends.devices import DevicesBase
from utils.files.image_source import NumberedImages, read_images
from utils.runs.data_fingerprint import changed_data
from utils.runs.devices import get_devices
from utils.runs.results import Results


class Session:
    """What a mode of `load_model.py` works with.

    Args:
        request: a `UseRequest`.
        display: a `Display`.
    """

    def __init__(self, request, display):
        self.request = request
        self.display = display
        self.typed = request.typed
        self.results = Results(request.run, request.mode_name)

    @functools.cached_property
    def model(self):
        """The `HVAE`, with the weights that were asked for."""
        with self.display.waiting(f"loading {self.request.run}"):
            devices = self._devices()
            with devices.scope():
                model = load_model(self.request.run, self.typed.weights, self.typed.moment)
            model.devices = devices
            return model

    def _devices(self):
        """Those that share a batch."""
        if not self.request.shares_batches:
            return DevicesBase(1)
        devices = get_devices(self.typed.devices, self.typed.gpu)
        if self.typed.batch_size % devices.count:
            raise UserError(
                f"devices: must divide the {self.typed.batch_size} images of a batch. "
                f"Received: {devices.count}"
            )
        return devices

    @functools.cached_property
    def splits(self):
        """The data set's `Splits`."""
        splits = self.request.experiment.in_use.load_splits(self.display.message)
        self._warn_of_change(splits)
        return splits

    def _warn_of_change(self, splits):
        """Say so if other images are held out than in training: the model may have seen them."""
        limit = self.request.experiment.run.limit_eval or None
        held_out = splits._replace(validation=splits.validation[:limit], test=splits.test[:limit])
        folder = pathlib.Path(self.request.run)
        changed = changed_data(folder, held_out, ("validation", "test"))
        if changed:
            self.display.message(f"warning: not the images that {folder} was made with: {changed}")

    def split(self, name):
        """The images of a split by its name."""
        return getattr(self.splits, name)

    @property
    def images(self):
        """The images that `add_image_flags` describe, uint8."""
        return self._chosen.images

    @property
    def numbers(self):
        """The numbers of these images in their split, on which their noise depends."""
        return self._chosen.numbers

    @functools.cached_property
    def _chosen(self):
        typed = self.typed
        if typed.images:
            return self.named_images(typed.images)
        images = self.split(typed.split)
        images = images[: typed.num_images] if typed.num_images else images[:]
        return NumberedImages(images, np.arange(len(images)))

    def named_images(self, names):
        """`NumberedImages` that the user has named: numbers in `--split`, or files."""
        run = self.request.experiment.run
        return read_images(
            names,
            self.request.experiment.model,
            lambda: self.split(self.typed.split),
            run.background,
            self.display.message,
            is_binarized=run.binarize != "none",
        )

    @property
    def images_name(self):
        """What `images` are, for titles."""
        if self.typed.images:
            return f"{len(self.images)} chosen images"
        run = self.request.experiment.run
        return f"{self.typed.split} split of {run.dataset}, {len(self.images)} images"

    @property
    def weights_name(self):
        """Which weights, under which backend, for titles."""
        return f"{self.typed.moment} {self.typed.weights} weights, {keras.config.backend()}"

    def progress(self, text, images=None):
        """Function that wraps a sequence and shows how far it is, if given in images.

        Args:
            text: what is being done.
            images: images of a step, where the sequence does not know: `Steps` do.
        """
        return lambda work: self.display.track(work, text, images=images)


def use_run(request, display):
    """Do what a `UseRequest` asks for, and say what was written.

    Args:
        request: a `UseRequest`.
        display: a `Display`.
    """
    session = Session(request, display)
    try:
        request.mode.run(session)
    finally:
        session.results.release()
        # Also after Ctrl-C: what was finished is there.
        for path in session.results.written:
            if path.exists():
                display.message(f"written: {path}")
