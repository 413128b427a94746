"""What devices that share the batch of an update have in common."""

import contextlib

from hvae.errors import UserError


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

    def own(self, batch):
        """The rows of this process, of what has a row for every image of a batch."""
        if self.num_shards == 1:
            return batch
        # The length of a symbolic tensor is not defined.
        rows = len(batch) if isinstance(batch, range) else batch.shape[0]
        part = rows // self.num_shards
        return batch[self.shard * part : (self.shard + 1) * part]

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


def too_few_devices(count, found):
    """The error where there are not that many."""
    return UserError(f"devices: there are {found}. Received: {count}")


def lost_process(devices, message):
    """The error of a process that no longer hears from the others.

    Args:
        devices: its `Devices`.
        message: what the backend says; only the first line is kept.
    """
    return LostProcess(
        f"process {devices.shard} of {devices.num_shards} no longer hears from the others; whoever "
        f"started them knows which has ended. Received: {message.splitlines()[0]}"
    )
