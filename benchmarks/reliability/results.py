"""What came of attacks, kept from one command to the next."""

import datetime
import json
import pathlib

from utils.files.json_file import write_json

_FILE = pathlib.Path(__file__).parent / "results.json"


class Results:
    """What came of every attempt of an attack when it was last made."""

    def make(self, name, attack, is_over):
        """Make the attempts of an attack that were not made yet, or did not hold.

        What comes of each is kept at once.

        Args:
            name: the attack's.
            attack: an `Attack`.
            is_over: is asked before each attempt whether that is to be left.

        Yields:
            The name of each that was made, and its fault.
        """
        kept, names = _attempts(name), []
        before = _read().get(name, {}).get("seen", "")
        for attempt in attack.attempts():
            if is_over():
                return
            names.append(attempt.name)
            if kept.get(attempt.name, ("", "never made"))[1]:
                fault = attempt.fault()
                kept[attempt.name] = [str(datetime.date.today()), fault]
                _keep(name, attack.seen or before, kept)
                yield attempt.name, fault
        # Those of before, which are none of it any more.
        _keep(name, attack.seen or before, {name: kept[name] for name in names})

    def forget(self, name):
        """Forget what came of an attack."""
        _keep(name, "", {})

    def table(self, attacks):
        """Lines of Markdown, one for each attack that was ever made.

        Args:
            attacks: all attacks by name.
        """
        lines = ["| attack | tried | held | did not | seen | on |", "|---|---|---|---|---|---|"]
        for name in attacks.names():
            attempts = _attempts(name)
            if attempts:
                dates, faults = zip(*attempts.values())
                failed = sum(map(bool, faults))
                days = " to ".join(sorted({min(dates), max(dates)}))
                counts = f"{len(faults)} | {len(faults) - failed} | {failed}"
                seen = _read()[name]["seen"]
                lines.append(f"| {attacks[name].label} | {counts} | {seen} | {days} |")
        return lines


def _attempts(name):
    """Date and fault of each attempt by its name."""
    return _read().get(name, {}).get("attempts", {})


def _keep(name, seen, attempts):
    # Read anew: another command may be making another attack.
    write_json(_FILE, {**_read(), name: {"seen": seen, "attempts": attempts}})


def _read():
    return json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.is_file() else {}
