"""Use a run: `python load_model.py runs/NAME MODE`; `--help` lists the modes."""

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
    # The imports below take a while: until signals are answered an interruption just ends them,
    # as SIGTERM and SIGHUP do.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from utils.command_line.ending import leave, signals_answered
from utils.command_line.keras_import import import_keras
from utils.command_line.native_end import report_native_end
from utils.command_line.script import run_script
from utils.command_line.use_request import parse_use_arguments


def load_command():
    import_keras()
    from utils.runs.session import use_run

    return use_run


def main(arguments=None):
    """Run the command; returns the exit code."""
    return run_script(parse_use_arguments, load_command, arguments)


if __name__ == "__main__":
    report_native_end()
    with signals_answered():
        code = main()
    leave(code)
