"""What a measurement was made on."""

import datetime
import os
import platform
import subprocess

from hvae.files.versions import installed_versions

PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "torch", "jax")


def description(gpu="none"):
    """One line: date, processor, memory, versions.

    Args:
        gpu: number of the GPU that was used, or `"none"`.
    """
    versions = " ".join(f"{name} {v}" for name, v in installed_versions(PACKAGES).items())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.date.today()}, {'' if gpu == 'none' else _graphics(gpu) + ', '}"
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; "
        f"Python {platform.python_version()}, {versions}"
    )


def _graphics(gpu):
    """Name of a GPU."""
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader", "-i", gpu]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _processor():
    """Its name, and the widest of the instructions that products are made of."""
    name, flags = platform.processor() or platform.machine(), set()
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == "model name":
                    name = value.strip()
                if key.strip() == "flags":
                    flags = set(value.split())
                    break
    except OSError:
        return name
    known = {"amx_tile": "AMX", "avx512f": "AVX-512", "avx2": "AVX2"}
    widest = next((text for flag, text in known.items() if flag in flags), None)
    return f"{name} with {widest}" if widest else name
