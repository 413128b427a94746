"""What devices that share the batch of an update have in common."""

import contextlib
import re

from keras import ops

from hvae.errors import UserError

#: How TensorFlow and JAX name a process.
_NAMED = re.compile(r"\btask:(\d+)")
_UNNAMED = "the others; whoever started them knows which has ended"


class LostProcess(ConnectionError):
    """Another process of the training has gone, or does not answer."""


class DevicesBase:
    """Devices that make the update of one: of the same batch, noise and weights.

    Every device takes the gradient of its rows; the update is made of the mean of all, by the same
    arithmetic everywhere: one norm, one decision to skip, one average. One device needs no more
    than this class.

    Args:
        count: how many.
    """

    #: Whether a device knows the other devices' rows, where it computes with means over the batch.
    shares_means = True
    #: Which part of a batch this process reads, and of how many.
    shard, num_shards = 0, 1

    def __init__(self, count):
        self.count = count

    @property
    def is_main(self):
        """Whether this is the process that writes."""
        return self.shard == 0

    def scope(self):
        """Context in which model and trainer are made, and variables assigned."""
        return contextlib.nullcontext()

    def whole(self, images):
        """The images that this process has read as what its program computes with: a tensor."""
        return ops.convert_to_tensor(images)

    def own(self, batch):
        """The rows that this process's program has, of what has a row for every image of a batch.

        They are those of the images that it reads, unless one program has the rows of all.
        """
        if self.num_shards == 1:
            return batch
        # The length of a symbolic tensor is not defined.
        rows = len(batch) if isinstance(batch, range) else batch.shape[0]
        part = rows // self.num_shards
        return batch[self.shard * part : (self.shard + 1) * part]

    def predicted(self, function, inputs):
        """What a function gives for a batch whose images the devices share.

        Args:
            function: Keras's `predict_on_batch` of a model made in `scope`.
            inputs: arrays in any structure, each with a row for every image. If the devices do
                not divide the images, each computes all of them.

        Returns:
            Arrays in any structure. One with a row for every image has them in order; of sums
            over images, of shape `(1, …)`, there may be several, one for each part of the batch.
        """
        return function(inputs)

    def alone(self, variables):
        """Context in which this process computes with the variables by itself."""
        return contextlib.nullcontext()

    def wait_for_all(self):
        """Return once every process has called this."""

    def gradient(self, function):
        """The function on all devices.

        Args:
            function: of images, noise and settings, gives the gradient as one vector and a tuple
                of terms, means over the images.

        Returns:
            A function of the images and noise of this process that gives the means over all.
        """
        return function if self.count == 1 else self._on_all(function)

    def _on_all(self, function):
        """`gradient` for more than one device."""
        raise NotImplementedError

    def check(self, config, has_state):
        """Refuse what these devices cannot share.

        Args:
            config: a `TrainingConfig`.
            has_state: whether layers keep anything from batch to batch beside weights.
        """
        images = config.data_batch_size // config.batch_size_div
        if images % self.count:
            raise UserError(
                f"devices: must divide the {images} images of a micro-batch. Received: {self.count}"
            )
        has_means = has_state or config.kl_balancing or config.gamma_max_steps
        if has_means and self.count > 1 and not self.shares_means:
            raise UserError(
                "devices: batch normalisation, dropout, regularization_constant, kl_balancing and "
                f"gamma_max_steps are shared under jax only. Received: {self.count}"
            )


def check_all_used(count, found, processes):
    """Refuse another number of devices than processes have, each or together.

    Args:
        count: how many somebody wants; 0 for all.
        found: how many they have together.
        processes: how many processes.
    """
    if count not in (0, found, found // processes):
        raise UserError(
            f"devices: the {processes} processes have {found} together. Received: {count}"
        )


def too_few_devices(count, found):
    """The error where there are not that many."""
    return UserError(f"devices: there are {found}. Received: {count}")


def lost_process(devices, message):
    """The error of a process that no longer hears from the others.

    Args:
        devices: its `Devices`.
        message: what the backend says; its first line is kept, and which processes it names.
    """
    lost = set(range(devices.num_shards)) - {devices.shard}
    if len(lost) > 1:
        lost &= {int(number) for number in _NAMED.findall(message)}
    whom = " and ".join(f"process {number}" for number in sorted(lost))
    return LostProcess(
        f"process {devices.shard} of {devices.num_shards} no longer hears from "
        f"{whom or _UNNAMED}. Received: {message.splitlines()[0]}"
    )
