"""Signals that ask for an end."""

import functools
import signal
import time

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY, errors
from hvae.files.run_files import METRICS
from hvae.files.states import state_files

_SIGNALS = {signal.SIGTERM: (143, 10.0), signal.SIGHUP: (129, 10.0), signal.SIGINT: (130, 2.5)}
#: When, as shares of the time to the end of the first epoch: while importing, building,
#: compiling, training.
_MOMENTS = (0.05, 0.3, 0.6, 0.8, 0.95, 1.3)


class Signals(Attack):
    """Sends SIGTERM, SIGHUP and SIGINT to training at moments from its start to its updates.

    It must end in time with the signal's exit code, and a run that is there must go on.
    """

    label = "SIGTERM, SIGHUP, SIGINT"

    def attempts(self):
        to_first_epoch = self._seconds_to_first_epoch()
        for number, (code, seconds) in _SIGNALS.items():
            for share in _MOMENTS:
                name = f"{signal.Signals(number).name} at {share:.0%} of the way to an epoch"
                moment = share * to_first_epoch
                fault = functools.partial(self._fault, number, code, seconds, moment)
                yield Attempt(name, fault)

    def _seconds_to_first_epoch(self):
        run, started = self.workshop.folder() / "run", time.monotonic()
        with self._train(run) as process:
            while process.poll() is None and not (run / METRICS).is_file():
                time.sleep(0.1)
            process.kill()
        return time.monotonic() - started

    def _train(self, run):
        flags = (*TINY, "--epochs", 100000, "--save_dir", run.parent, "--name", run.name)
        return self.workshop.start("main.py", *flags)

    def _fault(self, number, code, seconds, moment):
        run = self.workshop.folder() / "run"
        process = self._train(run)
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
        if not run.exists():
            return ""
        if not state_files(run):
            return "there is no state to go on from"
        done = self.workshop.main("--resume", run, "--epochs", 2, draws=False)
        return f"it cannot be resumed: {errors(done.stderr)}" if done.returncode else ""
