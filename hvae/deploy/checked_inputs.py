"""Arrays as an exported part can take them."""

import numpy as np

from hvae.deploy.port import names_of
from hvae.errors import UserError


def checked_inputs(part, ports, inputs):
    """Inputs as arrays, if they are what a part takes.

    Args:
        part: its name.
        ports: its input `Port`s.
        inputs: arrays by name.

    Raises:
        UserError: names the input, what is allowed, and what came.
    """
    expected = names_of(ports)
    for name in (*expected, *inputs):
        if name not in inputs:
            raise UserError(f"{part}: {name} is missing; it takes {', '.join(expected)}")
        if name not in expected:
            raise UserError(f"{part}: unknown input {name}; it takes {', '.join(expected)}")
    arrays = {port.name: np.asarray(inputs[port.name]) for port in ports}
    count = max((len(x) for x in arrays.values() if x.ndim), default=0)
    for port in ports:
        array = arrays[port.name]
        if not count or array.shape != (count, *port.shape) or array.dtype != port.dtype:
            raise UserError(
                f"{part}: {port.name} must be {port.described(count)}. "
                f"Received: {array.shape}, {array.dtype}"
            )
    return arrays
