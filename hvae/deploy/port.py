"""An input or output of an exported part."""

from typing import NamedTuple


class Port(NamedTuple):
    """Name, form and meaning of one array. The batch is always its first axis.

    An input and an output of one part have different names: TensorFlow keeps them in one place.
    """

    name: str
    shape: tuple[int, ...]  # without the batch
    dtype: str
    meaning: str  # what it is, and its unit

    def described(self, num_images):
        """`(5, 4, 4, 2), float32`, for messages."""
        return f"{(num_images, *self.shape)}, {self.dtype}"


def names_of(ports):
    """The ports' names."""
    return tuple(port.name for port in ports)


def block_ports(name, shapes, meaning):
    """One port for each latent block: `name_00`, `name_01`, … from the smallest scale.

    Args:
        name: what the names begin with.
        shapes: `(height, width, z_width)` of every block.
        meaning: of all of them.
    """
    return tuple(
        Port(block_name(name, i), tuple(shape), "float32", f"latent block {i}: {meaning}")
        for i, shape in enumerate(shapes)
    )


def block_name(name, block):
    """Name of one block's port."""
    return f"{name}_{block:02d}"


def block_values(name, values):
    """The arrays of `name_00`, `name_01`, … in this order.

    Args:
        name: what the names begin with.
        values: arrays by name.
    """
    blocks = []
    while block_name(name, len(blocks)) in values:
        blocks.append(values[block_name(name, len(blocks))])
    return tuple(blocks)


def named_blocks(name, values):
    """The inverse of `block_values`."""
    return {block_name(name, i): value for i, value in enumerate(values)}
