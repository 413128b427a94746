"""Train a hierarchical VAE: `python main.py --config digits`; `--help` lists every flag."""

import sys

from utils.command_line.native_end import report_native_end
from utils.command_line.script import run_script
from utils.command_line.training_request import parse_training_arguments


def load_command():
    from utils.runs.train import train

    return train


def main(arguments=None):
    """Run the command; returns the exit code."""
    return run_script(parse_training_arguments, load_command, arguments)


if __name__ == "__main__":
    report_native_end()
    sys.exit(main())
