"""What came of attacks, kept from one command to the next."""

import datetime
import json
import pathlib

from utils.files.json_file import write_json

_FILE = pathlib.Path(__file__).parent / "results.json"


class Results:
    """What came of every attack when it was last made."""

    def attempts(self, name, attack):
        """Make an attack, and keep what comes of it after every attempt.

        Args:
            name: the attack's.
            attack: an `Attack`.

        Yields:
            An `Attempt` each.
        """
        tried, faults = 0, []
        for attempt in attack.attempts():
            tried += 1
            if attempt.fault:
                faults.append([attempt.name, attempt.fault])
            row = {"date": str(datetime.date.today()), "tried": tried, "faults": faults}
            # Read anew: another command may be making another attack.
            write_json(_FILE, {**_read(), name: {**row, "seen": attack.seen}})
            yield attempt

    def table(self, attacks):
        """Lines of Markdown, one for each attack that was ever made.

        Args:
            attacks: all attacks by name.
        """
        lines = ["| attack | tried | held | did not | seen | on |", "|---|---|---|---|---|---|"]
        rows = _read()
        for name in attacks.names():
            if name in rows:
                row = rows[name]
                failed = len(row["faults"])
                counts = f"{row['tried']} | {row['tried'] - failed} | {failed}"
                label = attacks[name].label
                lines.append(f"| {label} | {counts} | {row['seen']} | {row['date']} |")
        return lines


def _read():
    return json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.is_file() else {}
