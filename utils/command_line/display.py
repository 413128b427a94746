"""The display that fits where the output goes."""

import sys


def get_display():
    """A `Display`: bars for a terminal, lines for anything else."""
    if sys.stderr.isatty():
        from utils.command_line.terminal import TerminalDisplay

        return TerminalDisplay()
    from utils.command_line.log_display import LogDisplay

    return LogDisplay()
