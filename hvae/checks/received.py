"""What somebody has given, in a few words of a message."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 60


def received(value):
    """A value as messages show it: whole if it is short.

    Lists that hold each other, as YAML can make them, would have no end.
    """
    return _SHORT.repr(value)
