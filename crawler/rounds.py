"""The rounds of a watch: how long to wait between two runs, and the line that says what came of one."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive import health
from archive.dates import now
from archive.store import ArchiveError
from archive.store.opening import open_database

_JITTER: Final = 0.1  # of the interval, so that many archives do not ask at the same second
_LONGEST: Final = 6 * 3600.0  # seconds between two runs while the newspaper refuses
_SAID: Final = ("new", "changed", "unchanged", "refused", "failed")


class Pace:
    """How long from the start of one run to that of the next: longer, each time, while the newspaper refuses."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._refused = 0

    def seconds(self, *, refused: bool) -> float:
        """Return the seconds until the next start. One run that is not refused brings back the usual interval."""
        self._refused = self._refused + 1 if refused else 0
        longest = max(self._every, _LONGEST)
        pause: float = min(self._every * 2 ** min(self._refused, 20), longest)
        return pause * random.uniform(1 - _JITTER, 1 + _JITTER)


@dataclass(slots=True)
class Ledger:
    """What the archive says of its runs: the latest one and the open alarms; empty where it cannot be read."""

    run: dict[str, Any] | None = None
    alarms: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "Ledger":
        """Read it."""
        try:
            with closing(open_database(folder, writable=False)) as db:
                names = dict.fromkeys(alarm["name"] for alarm in health.alarms(db))
                return cls(health.last_run(db), list(names))
        except (ArchiveError, sqlite3.Error):
            return cls()

    @property
    def number(self) -> int:
        """The number of the latest run, 0 before the first."""
        return int(self.run["id"]) if self.run else 0


def line(before: Ledger, after: Ledger, status: int | None, words: list[str], pause: float) -> str:
    """Return one line on a run that ended; `words` are what it said on standard error."""
    parts = [f"{now().astimezone():%Y-%m-%d %H:%M}"]
    parts += _came_of(after.run) if after.run and after.number > before.number else ["no run"]
    errors = [word.removeprefix("Error: ") for word in words if word.startswith("Error: ")]
    if errors:
        parts.append(errors[-1].rstrip("."))
    elif status not in {0, 1, 3}:
        parts.append(f"ended with status {status}")
    if after.alarms:
        parts.append(f"needs a person: {', '.join(after.alarms)}")
    return "; ".join([*parts, f"next in {_span(pause)}"])


def under_way(folder: Path) -> str:
    """Return one line on a run that goes on: how much is left of what it knows."""
    try:
        with closing(open_database(folder, writable=False)) as db:
            left = f"{health.pending(db):,} addresses are left"
    except (ArchiveError, sqlite3.Error):
        left = "the archive cannot be read"
    return f"{now().astimezone():%Y-%m-%d %H:%M}; the run goes on; {left}"


def _came_of(run: dict[str, Any]) -> Iterator[str]:
    yield run["outcome"] or "broke off"
    if run["counts"]:
        yield ", ".join(f"{run['counts'].get(name, 0)} {name}" for name in _SAID)


def _span(seconds: float) -> str:
    """A pause as one says it.

    >>> _span(1790), _span(7300), _span(4)
    ('30 min', '2.0 h', '4 s')
    """
    if seconds < 90:
        return f"{max(0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
