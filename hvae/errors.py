"""The one kind of error that a user can mend."""


class UserError(ValueError):
    """Something the caller asked for is wrong.

    The message is one line: what is wrong, what was received, what is allowed.
    The scripts print it and exit with code 2; anything else is a bug of ours.
    """
