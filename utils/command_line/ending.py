"""Signals that ask a command to end, answered in time whatever it is doing.

Python answers a signal between two of its own instructions, and native code that compiles a model
is minutes of one. So a thread waits for signals too: if nothing has answered in time it ends the
process, which damages nothing, since what is written is written whole. A signal that is ignored,
as an interruption is in a job that a script has started in the background, stays ignored.
"""

import contextlib
import os
import signal
import sys
import threading
import time

#: Seconds in which the command must have ended, or begun to (an interruption).
_PATIENCE = {"SIGINT": 1.0, "SIGTERM": 8.0, "SIGHUP": 8.0}
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal has gone"}
_EXIT_CODES = [128 + getattr(signal, name) for name in _PATIENCE if hasattr(signal, name)]
#: What takes the place of an exception for SIGTERM and SIGHUP, the innermost last.
_requests = []


class Terminated(BaseException):
    """A signal that ends the command.

    Args:
        number: of the signal.
    """

    def __init__(self, number):
        super().__init__(_WORDS[signal.Signals(number).name])
        #: What the process is to end with.
        self.exit_code = 128 + number


@contextlib.contextmanager
def signals_answered():
    """Within this context interruptions, SIGTERM and SIGHUP are answered; for the main thread.

    What Python does at its own end is no place for an exception: there a signal just ends it.
    """
    names = [name for name in _PATIENCE if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    numbers = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # The system writes the signal's number there before Python knows of it.
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    interrupted = threading.Event()

    def answer(number, frame):
        if number == signal.SIGINT:
            interrupted.set()
            raise KeyboardInterrupt
        if _requests:
            _requests[-1].number = number
        else:
            raise Terminated(number)

    def watch():
        for number in iter(lambda: os.read(reading, 1)[0], None):
            if number in numbers:
                _end(number, interrupted)

    def forget():
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)

    for number in numbers:
        signal.signal(number, answer)
    if hasattr(os, "register_at_fork"):
        # A copy of this process has no such thread, and would wake ours.
        os.register_at_fork(after_in_child=forget)
    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        forget()


def leave(exit_code):
    """End the process.

    After a signal it ends at once: what a backend takes down at Python's own end can be longer
    than whoever sent the signal waits, and nothing is written there.

    Args:
        exit_code: of the command.
    """
    if exit_code in _EXIT_CODES:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)
    sys.exit(exit_code)


class EndRequest:
    """Whether somebody has asked for an end; the number of the signal, or 0."""

    number = 0

    def __bool__(self):
        return bool(self.number)


@contextlib.contextmanager
def end_when_asked():
    """Gives an `EndRequest`. Within this context SIGTERM and SIGHUP are no exceptions.

    Whoever works in it looks at the request from time to time, and leaves.

    Raises:
        Terminated: at its end, if somebody has asked.
    """
    request = EndRequest()
    _requests.append(request)
    try:
        yield request
    finally:
        _requests.remove(request)
    if request:
        raise Terminated(request.number)


def _end(number, interrupted):
    """End the process if nobody does in time."""
    name = signal.Signals(number).name
    if number == signal.SIGINT:
        if interrupted.wait(_PATIENCE[name]):
            interrupted.clear()
            return
    else:
        time.sleep(_PATIENCE[name])
    # A progress bar may be standing on the last line.
    print(f"\n{_WORDS[name]}; what was saved last is there", file=sys.stderr, flush=True)
    os._exit(128 + number)
