"""What happens to runs and commands when something goes wrong around them.

    python -m benchmarks.reliability [--attacks NAME ...] [--write]

Every attack of `benchmarks/reliability/attacks/` does one kind of harm many times, to a small run
and to commands in processes of their own, and says of every attempt whether all held. Those that
fill a disk mount a small one: they need Linux and the rights to do so.

Prints what did not hold, and one table; with `--write` puts that into `benchmarks/README.md`.
"""

import argparse
import tempfile

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.reliability.attacks import ATTACKS
from benchmarks.reliability.workshop import Workshop


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attacks", nargs="+", choices=ATTACKS.names(), default=ATTACKS.names())
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    typed = parser.parse_args()
    lines = ["| attack | tried | held | did not |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(folder)
        for name in typed.attacks:
            lines.append(_row(ATTACKS[name](workshop)))
    text = "\n".join([machine.description() + ".", "", *lines])
    print(f"\n{text}")
    if typed.write:
        write_section("reliability", text)


def _row(attack):
    """Make an attack, and its line of the table."""
    tried, faults = 0, []
    for attempt in attack.attempts():
        tried += 1
        if attempt.fault:
            faults.append(attempt)
            print(f"{attack.label}: {attempt.name}: {attempt.fault}", flush=True)
    return f"| {attack.label} | {tried} | {tried - len(faults)} | {len(faults)} |"


if __name__ == "__main__":
    main()
