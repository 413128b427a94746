"""The end of a training that was asked to stop."""


class Stopped(Exception):
    """Training was asked to stop, between two updates, and all that was done is saved."""
