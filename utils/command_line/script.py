"""What both scripts do around their work: one line and exit code 2 for the user's mistakes."""

import sys

from hvae.errors import UserError
from utils.command_line.display import get_display
from utils.command_line.ending import Terminated
from utils.command_line.environment import backend_needed
from utils.command_line.quiet import native_messages_hidden

#: Names of files can have thousands of characters, and messages repeat them.
_LONGEST_LINE = 800


def run_script(parse, load_command, arguments=None):
    """Parse, load what the request needs, do it.

    Args:
        parse: from arguments to a request, or to `None` if there is nothing to do.
        load_command: imports and returns the command, a function of a request and a
            `Display`. It is called after the request has chosen the backend, since
            Keras reads that when it is imported.
        arguments: the command line, without the program's name.

    Returns:
        The exit code: 2 for a mistake of the user's, 130 for an interruption, 143 and 129 for
        SIGTERM and SIGHUP.
    """
    display = get_display()

    def work():
        request = parse(arguments)
        if request is None:
            return
        request.set_environment()
        with native_messages_hidden(), display.waiting(f"loading {request.backend}"):
            with backend_needed(request.backend):
                command = load_command()
        command(request, display)

    return exit_code(work)


def exit_code(work):
    """Do something and tell the user's mistakes in one line.

    Args:
        work: a function of nothing.

    Returns:
        0, 2 for a mistake of the user's, 130 for an interruption.
    """
    try:
        work()
    except UserError as error:
        print(f"error: {_in_one_line(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        # What the system refuses: a name that is too long, a pipe that is closed.
        named = f"{error.filename}: " if error.filename is not None else ""
        print(f"error: {_in_one_line(f'{named}{error.strerror or error}')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except Terminated as terminated:
        print(terminated, file=sys.stderr)
        return terminated.exit_code
    return 0


def _in_one_line(message):
    """A message without what would break the line or command the terminal; not for ever."""
    text = " ".join(str(message).split())
    if len(text) > _LONGEST_LINE:
        half = _LONGEST_LINE // 2
        text = f"{text[:half]} … {text[-half:]}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
