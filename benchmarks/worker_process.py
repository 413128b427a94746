"""The other end of a process that is measured."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time

from hvae.checks.memory import available_bytes, memory_figure

#: Seconds between two looks at the machine's memory.
_LOOK_EVERY = 0.1


class WorkerError(RuntimeError):
    """A worker failed, died, was killed or did not answer; its text says which."""


def stop_workers_when_terminated():
    """Makes an exception of SIGTERM, so that whoever has a worker can stop it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


class WorkerProcess:
    """A process of its own that answers one question at a time, and is idle between.

    It is killed before the machine is out of memory: the system might choose another one.

    Args:
        module: what `python -m` runs. It reads one JSON object a line from its standard input
            and writes one to its standard output, with `"error"` if it has failed.
        arguments: its command line.
        environment: variables that it gets beside those of this process.
        patience: seconds after which a question that is not answered has failed.
        reserve_mb: the worker is killed when the machine has less memory left.
    """

    def __init__(self, module, *arguments, environment=None, patience=900, reserve_mb=300):
        self._patience = patience
        self._reserve_mb = reserve_mb
        self._messages = tempfile.TemporaryFile("w+", errors="replace")
        self._started = time.perf_counter()
        self._peak_bytes = 0
        self._is_stopped = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            env={**os.environ, **(environment or {})},
            text=True,
            # So that its own children end with it.
            process_group=0,
        )

    @property
    def age(self):
        """Seconds since the process was started."""
        return time.perf_counter() - self._started

    @property
    def peak_mb(self):
        """Most memory that the process has had so far, MiB."""
        self._look()
        return self._peak_bytes / 2**20

    def ask(self, **question):
        """The answer to a question, both as JSON objects.

        Raises:
            WorkerError: if there is none; the process is stopped then, unless it has
                answered with an error.
        """
        try:
            print(json.dumps(question), file=self._process.stdin, flush=True)
            line = self._answer()
        except OSError:
            line = ""
        if not line:
            raise self._death()
        self._look()
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def stop(self):
        """End the process and its children."""
        if self._is_stopped:
            return  # by now its number may be another's
        self._is_stopped = True
        self._look()
        # Also where it has ended by itself: its children may not have.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answer(self):
        deadline = time.perf_counter() + self._patience
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not selector.select(_LOOK_EVERY):
                if time.perf_counter() > deadline:
                    self.stop()
                    raise WorkerError(f"no answer in {self._patience:g} s")
                self._look()
                if _available_mb() < self._reserve_mb:
                    self.stop()
                    raise self._killed_for_memory()
        return self._process.stdout.readline()

    def _death(self):
        """Why the process has ended by itself."""
        code = self._process.wait()
        self.stop()
        if code == -signal.SIGKILL:
            # Nobody else sends this signal but the system, when memory is at an end.
            return self._killed_for_memory()
        self._messages.seek(0)
        last = (self._messages.read().strip().splitlines() or [""])[-1]
        reason = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return WorkerError(f"the process died ({reason}) {last}".strip())

    def _killed_for_memory(self):
        return WorkerError(f"killed for memory at {self.peak_mb:,.0f} MB after {self.age:.0f} s")

    def _look(self):
        # What `getrusage` gives begins with the memory of the process that it was forked from.
        peak = memory_figure(f"{self._process.pid}/status", "VmHWM")
        self._peak_bytes = max(self._peak_bytes, peak or 0)


def _available_mb():
    """Memory that the machine has left, MiB; infinity where it does not say."""
    available = available_bytes()
    return float("inf") if available is None else available / 2**20
