"""What an attack has to provide."""

import abc
from collections.abc import Callable
from typing import NamedTuple


class Attempt(NamedTuple):
    """One thing to try."""

    name: str  # what it is, in a line, the same in every command
    fault: Callable[[], str]  # tries it: what did not hold, in a line; empty if all did


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
        """Prepare them one by one; each is made before the next is asked for, or left out.

        Yields:
            An `Attempt` each.
        """
