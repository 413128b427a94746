"""Use a run: `python load_model.py runs/NAME` prints how good it is."""

import sys

from hvae.errors import UserError
from utils.evaluation_command import parse_arguments
from utils.quiet import native_messages_hidden
from utils.terminal import TerminalDisplay


def main(arguments=None):
    """Run the command; returns the exit code."""
    try:
        request = parse_arguments(arguments)
        # Keras reads its backend when it is imported: not before this line.
        request.set_environment()
        display = TerminalDisplay()
        with native_messages_hidden(), display.waiting(f"loading {request.backend}"):
            from utils.evaluate_run import evaluate_run
        evaluate_run(request, display)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
