import pathlib

import pytest

from benchmarks.worker_process import WorkerError, WorkerProcess


@pytest.fixture
def start():
    workers = []

    def new(**settings):
        # Not as part of the tests, which import Keras.
        path = {"PYTHONPATH": str(pathlib.Path(__file__).parent)}
        workers.append(WorkerProcess("faulty_worker", environment=path, **settings))
        return workers[-1]

    yield new
    for worker in workers:
        worker.stop()


def test_it_answers_until_it_is_stopped(start):
    worker = start()
    assert worker.ask(echo=1) == {"echo": 1}
    with pytest.raises(WorkerError, match="^no luck$"):
        worker.ask(fail="no luck")
    assert worker.ask(echo=2) == {"echo": 2}


def test_the_peak_is_that_of_the_process(start):
    worker = start()
    worker.ask(echo=1)
    before = worker.peak_mb
    assert 5 < before < 100
    worker.ask(echo=1, allocate=2**28)
    worker.ask(echo=2)
    worker.stop()
    assert worker.peak_mb - before == pytest.approx(256, abs=20)


@pytest.mark.parametrize(
    "question, message",
    [
        ({"die": "out of luck"}, r"^the process died \(exit code 1\) out of luck$"),
        ({"signal": "SIGSEGV"}, r"^the process died \(signal SIGSEGV\)$"),
        ({"signal": "SIGKILL"}, r"^killed for memory at \d+ MB after \d+ s$"),
    ],
)
def test_why_it_died(start, question, message):
    worker = start()
    worker.ask(echo=1)
    with pytest.raises(WorkerError, match=message):
        worker.ask(**question)
    assert worker.peak_mb > 5


def test_it_is_killed_before_the_machine_is_out_of_memory(start):
    with pytest.raises(WorkerError, match="killed for memory at"):
        start(reserve_mb=2**40).ask(sleep=60)


def test_it_is_stopped_when_it_does_not_answer(start):
    with pytest.raises(WorkerError, match="no answer in 0.3 s"):
        start(patience=0.3).ask(sleep=60)
