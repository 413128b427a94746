"""Signals that ask for an end."""

import signal
import time

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY, errors
from hvae.files.states import state_files

_SIGNALS = {signal.SIGTERM: (143, 10.0), signal.SIGHUP: (129, 10.0), signal.SIGINT: (130, 2.5)}
#: When, seconds after the start: while importing, building, compiling, training.
_MOMENTS = (1.0, 4.0, 8.0, 10.0, 12.0, 16.0)


class Signals(Attack):
    """Sends SIGTERM, SIGHUP and SIGINT to training at moments from its start to its updates.

    It must end in time with the signal's exit code, and a run that has begun must go on.
    """

    label = "SIGTERM, SIGHUP, SIGINT"

    def attempts(self):
        for number, (code, seconds) in _SIGNALS.items():
            for moment in _MOMENTS:
                name = f"{signal.Signals(number).name} after {moment:g} s"
                yield Attempt(name, self._fault(number, code, seconds, moment))

    def _fault(self, number, code, seconds, moment):
        run = self.workshop.folder() / "run"
        flags = (*TINY, "--epochs", 100000, "--save_dir", run.parent, "--name", run.name)
        process = self.workshop.start("main.py", *flags)
        time.sleep(moment)
        started = time.monotonic()
        process.send_signal(number)
        _, stderr = process.communicate(timeout=self.workshop.patience)
        took = time.monotonic() - started
        # Before the first line of Python has run, the signal itself ends the process.
        if process.returncode not in (code, -number):
            return f"exit code {process.returncode}: {errors(stderr)}"
        if took > seconds:
            return f"after {took:.1f} s"
        return "" if not run.exists() or state_files(run) else "there is no state to go on from"
