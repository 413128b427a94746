"""What an attack has to provide."""

import abc
from typing import NamedTuple


class Attempt(NamedTuple):
    """One thing that was tried."""

    name: str  # what it was, in a line
    fault: str  # what did not hold, in a line; empty if all did


class Attack(abc.ABC):
    """Does one kind of harm, many times; named like its file.

    Args:
        workshop: a `Workshop`.
    """

    #: How the table calls it.
    label = ""
    #: What was seen beside faults, for the table: a few words.
    seen = ""

    def __init__(self, workshop):
        self.workshop = workshop

    @abc.abstractmethod
    def attempts(self):
        """Make them one by one.

        Yields:
            An `Attempt` each.
        """
