"""Memory of this process and of the machine."""

import os


def available_bytes():
    """What is left on the machine for all processes; `None` where the system does not say."""
    return memory_figure("meminfo", "MemAvailable")


def resident_bytes():
    """What this process holds; `None` where the system does not say."""
    return memory_figure("self/status", "VmRSS")


def memory_figure(file, key):
    """A figure of a file in Linux's `/proc`, bytes; `None` where there is none."""
    try:
        with open(os.path.join("/proc", file)) as lines:
            return next((1024 * int(x.split()[1]) for x in lines if x.startswith(key)), None)
    except OSError:
        return None
