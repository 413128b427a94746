"""What happens to runs and commands when something goes wrong around them.

    python -m benchmarks.reliability [--only NAME ...] [--minutes N] [--anew] [--write]

Every attack of `benchmarks/reliability/attacks/` does one kind of harm many times, to a small run
and to commands, and says of every attempt whether all held. Those that fill a disk mount a small
one: they need Linux and the rights to do so.

What comes of every attempt is kept in `benchmarks/reliability/results.json`; the next command makes
those that are left, and those that did not hold. Prints what did not hold, and one table of all
that was ever made; with `--write` it goes into `benchmarks/README.md`.
"""

import argparse
import tempfile
import time

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.reliability.attacks import ATTACKS
from benchmarks.reliability.results import Results
from benchmarks.reliability.workshop import Workshop


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=ATTACKS.names(), default=ATTACKS.names())
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after")
    parser.add_argument("--anew", action="store_true", help="make those again that held")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    typed = parser.parse_args()
    results, deadline = Results(), time.monotonic() + 60 * typed.minutes
    for name in typed.only:
        if typed.anew:
            results.forget(name)
        with tempfile.TemporaryDirectory() as folder:
            attack = ATTACKS[name](Workshop(folder))
            for attempt, fault in results.make(name, attack, lambda: time.monotonic() > deadline):
                if fault:
                    print(f"{attack.label}: {attempt}: {fault}", flush=True)
    text = "\n".join([machine.description() + ".", "", *results.table(ATTACKS)])
    print(f"\n{text}")
    if typed.write:
        write_section("reliability", text)


if __name__ == "__main__":
    main()
