"""What a check sees: one run at its end, and the alarms that are open before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from archive.alarms import Alarm
from archive.store import Archive
from archive.store.alarms import Key
from archive.store.looks import Host, Seen, by_host
from crawler.plan import Plan
from crawler.report import Report

Verdict = Alarm | Key  # what is wrong; or name and subject of what was looked at and is well


@dataclass(slots=True)
class Run:
    """One run at its end: what it was asked for, what it showed, and the alarms open before it."""

    archive: Archive
    plan: Plan
    report: Report
    id: int
    problem: str | None
    began: datetime
    at: datetime
    known: dict[Key, str]  # open alarms, and since when
    looks: list[Seen]
    hosts: dict[str, Host] = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = by_host(self.looks)

    def open(self, name: str) -> Iterator[Key]:
        """Yield the open alarms of a name."""
        yield from (key for key in self.known if key[0] == name)

    @property
    def saw_the_newest(self) -> bool:
        """Whether it looked for the newest articles everywhere and came to its end."""
        whole = self.plan.kind == "newest" and not self.plan.is_narrow and self.plan.limit is None
        return whole and self.problem is None
