"""Write a published data set as the files that training reads fastest.

python -m utils.prepare_data celeba64 DOWNLOADS PREPARED
"""

import sys

from data.preparation import prepare
from data.sets import DATASETS
from utils.command_line.display import get_display
from utils.command_line.flags import Parser
from utils.command_line.script import exit_code

# Not from the docstring: `python -OO` has none.
_DESCRIPTION = "Write a published data set as the files that training reads fastest."


def main(arguments=None):
    """Read the command line, and do it.

    Returns:
        The exit code.
    """
    return exit_code(lambda: _prepare(arguments))


def _prepare(arguments):
    parser = Parser(prog="python -m utils.prepare_data", description=_DESCRIPTION)
    parser.add_argument("name", choices=DATASETS.names(), metavar="NAME", help="the data set")
    parser.add_argument("source", metavar="SOURCE", help="folder with its published files")
    parser.add_argument("target", metavar="TARGET", help="folder for what training reads")
    typed = parser.parse_args(arguments)
    display = get_display()
    for path in prepare(typed.name, typed.source, typed.target, display):
        display.message(f"written and checked: {path}")
    display.message(f"python main.py --dataset {typed.name} --data_dir {typed.target} trains on it")


if __name__ == "__main__":
    sys.exit(main())
