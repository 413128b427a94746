"""One line for an end that no Python code sees: a crash, memory that ran out."""

import atexit
import faulthandler
import os
import pathlib
import re
import signal
import sys

_ROOT = pathlib.Path(__file__).parents[2]
_FAREWELL = "ended by itself\n"


def report_native_end():
    """Let a process whose end comes from outside Python say in one line why, and what to try.

    A child, forked while the process is small, sleeps until the process has ended and prints
    what the interpreter's fault handler has left for it. The process itself is as without:
    its number, its signals, its exit code. Where there is no `fork`, nothing changes.
    """
    if not hasattr(os, "fork"):
        return
    kills = _kills_for_memory()
    reading, writing = os.pipe()
    # Ctrl-C and a closed terminal reach every process of it, and a cluster ends every process of
    # a job: the child goes when the other has gone, which has to save first.
    before = signal.pthread_sigmask(
        signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    )
    if os.fork():
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(reading)
        faulthandler.enable(writing)
        atexit.register(os.write, writing, _FAREWELL.encode())
        return
    os.close(writing)
    with open(reading, encoding="utf-8", errors="replace") as pipe:
        report = _read(pipe)
    line = _line(report, killed_for_memory=_kills_for_memory() > kills)
    if line:
        # A progress bar may be standing on the last line.
        print(f"\n{line}", file=sys.stderr, flush=True)
    os._exit(0)


def _read(pipe):
    """What comes until the process ends, or to the end of the fault handler's report.

    That is a moment before the process ends: a shell's own message comes after ours.
    """
    report = ""
    for line in pipe:
        report += line
        if line.startswith("Extension modules"):
            break
    return report


def _line(report, killed_for_memory):
    """What to tell, or `None` if the end was an ordinary one.

    Args:
        report: the fault handler's text, `_FAREWELL`, both, or nothing.
        killed_for_memory: whether the system has ended a process for memory meanwhile.
    """
    fault = re.search("Fatal Python error: (.+)", report)
    others = os.environ.get("KERAS_DISTRIBUTION_JOB_ADDRESSES")
    if fault and fault[1] == "Aborted" and others:
        return (
            f"error: ended by JAX, as a process is that no longer hears from the others, of which "
            f"the first is at {others.split(',')[0]}; python main.py --resume RUN goes on, on any "
            "number of processes"
        )
    if fault:
        return (
            f"error: native code has crashed ({fault[1]}){_place(report)}; try "
            "TF_ENABLE_ONEDNN_OPTS=0 in the environment, another --backend, or, in training, "
            "--jit or --no-jit"
        )
    if killed_for_memory and not report.endswith(_FAREWELL):
        return (
            "error: memory ran out, and the system has ended the process; a smaller --batch_size "
            "needs less, and so does --batch_size_div, which goes through a batch in parts"
        )
    return None


def _place(report):
    """The innermost line of this package that is on the stack."""
    for file, line in re.findall(r'File "(.+)", line (\d+)', report):
        if pathlib.Path(file).is_relative_to(_ROOT):
            return f" under {pathlib.Path(file).relative_to(_ROOT)}, line {line}"
    return ""


def _kills_for_memory():
    """How many processes the system has ended for memory since it started."""
    try:
        with open("/proc/vmstat") as counters:
            return int(dict(line.split() for line in counters).get("oom_kill", 0))
    except OSError:
        return 0  # not Linux
