"""Progress in the terminal."""

import contextlib
import sys
import threading

from tqdm import tqdm

from hvae.training.display import Display
from utils.command_line.tracked import Tracked


class TerminalDisplay(Display):
    """Bars for loops, a running clock for anything else that takes long."""

    def __init__(self):
        self._bar = None

    @contextlib.contextmanager
    def waiting(self, text):
        done = threading.Event()
        bar = tqdm(desc=text, bar_format="{desc}: {elapsed}", file=sys.stderr, dynamic_ncols=True)

        def tick():
            while not done.wait(0.5):
                bar.refresh()

        thread = threading.Thread(target=tick, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            bar.close()

    def track(self, iterable, text, total=None, initial=0, images=None):
        work = Tracked(iterable, total, initial, images)
        # Bars of single epochs disappear: the epoch's line replaces them.
        with tqdm(
            desc=text,
            total=work.total,
            initial=work.initial,
            unit=f" {work.unit}",
            leave=False,
            file=sys.stderr,
            dynamic_ncols=True,
        ) as self._bar:
            for step, count in work.steps():
                yield step
                self._bar.update(count)

    def describe(self, text):
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=False)

    def message(self, text):
        tqdm.write(text, file=sys.stdout)
        sys.stdout.flush()
