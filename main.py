"""Train a hierarchical VAE: `python main.py --config digits`; `--help` lists every flag."""

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
    # The imports below take a while: until signals are answered an interruption just ends them,
    # as SIGTERM and SIGHUP do.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from data.load import check_files
from utils.command_line.ending import leave, signals_answered
from utils.command_line.keras_import import import_keras
from utils.command_line.native_end import report_native_end
from utils.command_line.script import run_script
from utils.command_line.training_request import parse_training_arguments


def parse(arguments):
    """The request, whose files are there: said before a backend is imported, which takes long."""
    request = parse_training_arguments(arguments)
    if request is not None:
        run = request.experiment.run
        check_files(run.dataset, run.data_dir, run.binarize, run.split_of)
    return request


def load_command():
    import_keras()
    from utils.runs.train import train

    return train


def main(arguments=None):
    """Run the command; returns the exit code."""
    return run_script(parse, load_command, arguments)


if __name__ == "__main__":
    report_native_end()
    with signals_answered():
        code = main()
    leave(code)
