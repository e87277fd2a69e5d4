"""What the looks of a run showed, put together: by host and by outcome."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from archive import addresses
from archive.model import Outcome

_OF_RUN: Final = """
SELECT o.url_id, u.url, u.kind, o.outcome, o.status, o.detail FROM observations o CROSS JOIN urls u ON u.id = o.url_id
WHERE o.at >= (SELECT started_at FROM runs WHERE id = :run) AND o.run_id = :run ORDER BY o.at, o.id
"""
_BEFORE: Final = """
SELECT 1 FROM observations WHERE url_id = ? AND outcome IN ('live', 'unchanged') LIMIT 1
"""
_SHARE: Final = """
SELECT avg(outcome = 'refused') FROM observations WHERE at >= ? AND at < ? AND status IS NOT NULL
"""


@dataclass(slots=True, frozen=True)
class Seen:
    """One look of a run: what was asked, and what it showed."""

    url_id: int
    url: str
    kind: str  # article, listing, picture
    outcome: Outcome
    status: int | None
    detail: str


@dataclass(slots=True)
class Host:
    """The looks of a run at one host, in order."""

    name: str
    looks: list[Seen] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether it gave any answer."""
        return any(look.status is not None for look in self.looks)

    def with_outcome(self, outcome: Outcome) -> list[Seen]:
        """Return the looks that showed this."""
        return [look for look in self.looks if look.outcome is outcome]


def of_run(db: sqlite3.Connection, run_id: int) -> list[Seen]:
    """Return the looks of a run, in order."""
    rows = db.execute(_OF_RUN, {"run": run_id})
    return [
        Seen(
            row["url_id"],
            row["url"],
            row["kind"],
            Outcome(row["outcome"]),
            row["status"],
            row["detail"] or "",
        )
        for row in rows
    ]


def by_host(looks: list[Seen]) -> dict[str, Host]:
    """Return the looks by the host they went to."""
    hosts: dict[str, list[Seen]] = defaultdict(list)
    for look in looks:
        hosts[addresses.host(look.url)].append(look)
    return {name: Host(name, own) for name, own in hosts.items()}


def was_there(db: sqlite3.Connection, url_id: int) -> bool:
    """Return whether an address ever gave what was asked for."""
    return db.execute(_BEFORE, [url_id]).fetchone() is not None


def refused_between(db: sqlite3.Connection, since: str, until: str) -> float:
    """Return the share of refusals among all answers between two moments, 0 to 1; 0 where there were none."""
    return float(db.execute(_SHARE, [since, until]).fetchone()[0] or 0.0)
