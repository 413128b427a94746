"""Use a run: `python load_model.py runs/NAME` prints how good it is."""

import sys

from utils.evaluation_command import parse_arguments
from utils.script import run_script


def load_command():
    from utils.evaluate_run import evaluate_run

    return evaluate_run


def main(arguments=None):
    """Run the command; returns the exit code."""
    return run_script(parse_arguments, load_command, arguments)


if __name__ == "__main__":
    sys.exit(main())
