"""Keep native start-up messages off the terminal."""

import contextlib
import os
import sys


@contextlib.contextmanager
def native_messages_hidden():
    """Hides what native code writes to standard error; Python's own output stays.

    TensorFlow announces itself from C++ before it reads its own log level.
    """
    # Not closed at the end: loggers that are made meanwhile keep it.
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    python_stderr = sys.stderr
    with open(os.devnull, "w") as nowhere:
        sys.stderr = terminal
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal.fileno(), 2)
            sys.stderr = python_stderr
