"""Keep native start-up messages off the terminal."""

import contextlib
import os
import sys


@contextlib.contextmanager
def native_messages_hidden():
    """Hides what native code writes to standard error; Python's own output stays.

    TensorFlow announces itself from C++ before it reads its own log level.
    """
    terminal = os.dup(2)
    python_stderr = sys.stderr
    with open(os.devnull, "w") as nowhere, os.fdopen(terminal, "w", buffering=1) as copy:
        sys.stderr = copy
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            sys.stderr = python_stderr
