"""Train a hierarchical VAE: `python main.py --config digits`; `--help` lists every flag."""

import sys

from hvae.errors import UserError
from utils.command_line import parse_training_arguments
from utils.quiet import native_messages_hidden
from utils.terminal import TerminalDisplay


def main(arguments=None):
    """Run the command; returns the exit code."""
    try:
        request = parse_training_arguments(arguments)
        if request is None:
            return 0
        # Keras reads its backend when it is imported: not before this line.
        request.set_environment()
        display = TerminalDisplay()
        with native_messages_hidden(), display.waiting("loading tensorflow"):
            from utils.train import train
        train(request, display)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
