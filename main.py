"""Train a hierarchical VAE: `python main.py --config digits`; `--help` lists every flag."""

import sys

from hvae.errors import UserError
from utils.command_line import parse_training_arguments


def main(arguments=None):
    """Run the command; returns the exit code."""
    try:
        request = parse_training_arguments(arguments)
        if request is None:
            return 0
        # Keras reads its backend when it is imported, which the next line does.
        request.set_environment()
        from utils.train import train

        train(request)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
