"""Memory of this process and of the machine."""

import contextlib
import math
import os

from hvae.errors import UserError

#: Smaller arrays are not worth a look at the machine.
_LOOK_FROM = 2**24


def available_bytes():
    """What is left on the machine for all processes; `None` where the system does not say."""
    return memory_figure("meminfo", "MemAvailable")


def resident_bytes():
    """What this process holds; `None` where the system does not say."""
    return memory_figure("self/status", "VmRSS")


def check_memory(needed, what, advice):
    """Refuse what cannot fit, before any of it is taken.

    Args:
        needed: bytes.
        what: needs them, for the message.
        advice: what needs less.

    Raises:
        UserError: if fewer bytes are free.
    """
    available = available_bytes() if needed >= _LOOK_FROM else None
    if available is not None and needed > available:
        raise UserError(
            f"memory: {what} needs {size_text(needed)}, and {size_text(available)} are free; "
            f"{advice}"
        )


@contextlib.contextmanager
def weights_checked():
    """Within this context a layer's weight that does not fit into free memory is refused."""
    import keras

    add_weight = keras.Layer.add_weight

    def add_checked_weight(self, shape=None, *args, **kwargs):
        if isinstance(shape, (tuple, list)):
            sides = "x".join(str(side) for side in shape)
            check_memory(
                4 * math.prod(shape), f"a weight of {sides} numbers", "narrower layers need less"
            )
        return add_weight(self, shape, *args, **kwargs)

    keras.Layer.add_weight = add_checked_weight
    try:
        yield
    finally:
        keras.Layer.add_weight = add_weight


def size_text(count):
    """A number of bytes as one reads it."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def memory_figure(file, key):
    """A figure of a file in Linux's `/proc`, bytes; `None` where there is none."""
    try:
        with open(os.path.join("/proc", file)) as lines:
            return next((1024 * int(x.split()[1]) for x in lines if x.startswith(key)), None)
    except OSError:
        return None
