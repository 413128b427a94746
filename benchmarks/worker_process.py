"""The other end of `benchmarks.worker`."""

import json
import selectors
import subprocess
import sys
import time

#: Seconds after which a run that has not answered counts as failed.
_PATIENCE = 900


class WorkerProcess:
    """An engine in a process of its own; idle between its runs.

    Args:
        engine: name of the engine.
        folder: that of `InferenceFiles`.
    """

    def __init__(self, engine, folder):
        self._started = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.worker", engine, str(folder)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    @property
    def age(self):
        """Seconds since the process was started."""
        return time.perf_counter() - self._started

    def run(self, part, batch, outputs=None):
        """Run one case once.

        Args:
            part: name of the part.
            batch: images of the batch.
            outputs: a file to write the outputs to.

        Returns:
            `{"seconds": …, "peak_mb": …}`.

        Raises:
            RuntimeError: if the engine fails, dies or does not answer.
        """
        case = {"part": part, "batch": batch, "outputs": outputs and str(outputs)}
        try:
            print(json.dumps(case), file=self._process.stdin, flush=True)
            answer = json.loads(self._answer())
        except (OSError, ValueError):
            raise RuntimeError("the process died") from None
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def stop(self):
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _answer(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(_PATIENCE):
                raise RuntimeError(f"no answer in {_PATIENCE} s")
        return self._process.stdout.readline()
