"""What happens to runs and commands when something goes wrong around them.

    python -m benchmarks.reliability [--only NAME ...] [--write]

Every attack of `benchmarks/reliability/attacks/` does one kind of harm many times, to a small run
and to commands, and says of every attempt whether all held. Those that fill a disk mount a small
one: they need Linux and the rights to do so.

Prints what did not hold, and one table of all attacks that were ever made: what came of them is
kept in `benchmarks/reliability/results.json` after every attempt. With `--write` the table goes
into `benchmarks/README.md`.
"""

import argparse
import tempfile

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.reliability.attacks import ATTACKS
from benchmarks.reliability.results import Results
from benchmarks.reliability.workshop import Workshop


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=ATTACKS.names(), default=ATTACKS.names())
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    typed = parser.parse_args()
    results = Results()
    for name in typed.only:
        with tempfile.TemporaryDirectory() as folder:
            attack = ATTACKS[name](Workshop(folder))
            for attempt in results.attempts(name, attack):
                if attempt.fault:
                    print(f"{attack.label}: {attempt.name}: {attempt.fault}", flush=True)
    text = "\n".join([machine.description() + ".", "", *results.table(ATTACKS)])
    print(f"\n{text}")
    if typed.write:
        write_section("reliability", text)


if __name__ == "__main__":
    main()
