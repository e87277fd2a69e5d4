"""What a run did: counts while it goes on, troubles by address, and one screen at its end."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from archive.dates import mail_date
from archive.model import Look, Outcome
from archive.store.urls import Entry
from archive.terminal import canvas, guard

_SHOWN: Final = 40  # troubles on the screen; all are in the table `observations`
_EVERY: Final = 30.0  # seconds between lines where there is no terminal
_SILENT: Final = frozenset({Outcome.LIVE, Outcome.UNCHANGED, Outcome.MOVED})
COUNTS: Final = ("found", "fetched", "new", "changed", "unchanged", "refused", "failed")


@dataclass(slots=True)
class Report:
    """The counts of a run and its troubles; `show` is called after every change, if given."""

    found: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    failed: int = 0
    pictures: int = 0
    lists: int = 0
    lists_left: int = 0  # known and not yet read
    bounds: list[str] = field(
        default_factory=list
    )  # what was left because it was too much, a line each
    is_cut: bool = False  # lists of the days asked for are among it
    progress: str | None = None  # how much of the past asked for is done
    unread: tuple[int, str | None] = (
        0,
        None,
    )  # addresses without an article, and when the first is asked again
    articles: int = 0  # addresses answered with an article, or with "unchanged"
    again: int = 0  # records taken over from a run that died
    troubles: list[tuple[str, str]] = field(default_factory=list)
    alarms: list[dict[str, str]] = field(
        default_factory=list
    )  # open at the end: name, since, message
    gave_up: bool = False  # because the newspaper refused one request after another
    dated: int = 0  # answers with a Date
    clock: timedelta | None = None  # how far ahead of this machine's the newspaper's clock is
    outcome: str = "running"
    problem: str | None = None
    seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)
    show: Callable[["Report"], None] | None = None

    def count(self, entry: Entry, look: Look, change: str | None) -> None:
        """Count one look."""
        if look.outcome is Outcome.REFUSED:
            self.refused += 1
        elif entry.kind == "listing":
            self.lists += look.outcome in {Outcome.LIVE, Outcome.UNCHANGED}
        elif entry.kind == "picture":
            self.pictures += look.outcome is Outcome.LIVE
        else:
            self._count_article(look, change)
        if _is_trouble(entry, look):
            self.trouble(entry.url, look.detail or look.outcome)
        if self.show:
            self.show(self)

    def _count_article(self, look: Look, change: str | None) -> None:
        self.fetched += look.outcome is not Outcome.UNCHANGED and look.status is not None
        self.new += change == "new"
        self.changed += change == "changed"
        self.unchanged += change == "unchanged" or look.outcome is Outcome.UNCHANGED
        self.articles += change is not None or look.outcome is Outcome.UNCHANGED

    def recovered(self, records: int) -> None:
        """Count records that a run which died left without rows."""
        self.again = records

    def trouble(self, url: str, reason: str) -> None:
        """Enter an address that could not be archived, and why."""
        self.failed += 1
        self.troubles.append((url, reason))

    def heard(self, date: str | None, at: datetime) -> None:
        """Take the Date of an answer received then. A cache's is older: the latest of all tells the time."""
        told = mail_date(date)
        if told is None:
            return
        ahead = told - at
        self.dated += 1
        self.clock = ahead if self.clock is None else max(self.clock, ahead)

    def ended(self, outcome: str, problem: str | None) -> None:
        """Enter how the run ended."""
        self.outcome, self.problem = outcome, problem
        self.seconds = time.monotonic() - self.began

    def as_counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in COUNTS}

    def as_json(self) -> dict[str, Any]:
        """Return the object `lamdong crawl --json` prints."""
        return {**self.as_counts(), "alarms": self.alarms}

    def as_text(self, pending: int) -> str:
        """Return the run on one screen."""
        rate = self.fetched / self.seconds if self.seconds else 0.0
        first = (
            f"{self.outcome.capitalize()} after {self.seconds:.0f} s: {self.new} new, {self.changed} changed,"
            f" {self.unchanged} unchanged; {self.found} found, {self.fetched} fetched ({rate:.1f}/s),"
            f" {self.pictures} pictures, {self.lists} lists read."
        )
        lines = [first, self.progress] if self.progress else [first]
        if self.again:
            lines.append(f"{self.again} records of a run that died were taken over.")
        if pending:
            lines.append(f"{pending} addresses wait for the next run.")
        if self.unread[0]:
            count, due = self.unread
            lines.append(f"{count} addresses showed no article so far; asked again from {due} on.")
        lines += self.bounds
        if self.refused:
            lines.append(
                f"{self.refused} answers were refusals; refused addresses were asked again after a pause."
            )
        lines += [f"  {url}: {reason}" for url, reason in self.troubles[:_SHOWN]]
        if len(self.troubles) > _SHOWN:
            lines.append(f"  … and {len(self.troubles) - _SHOWN} more, in the table observations.")
        return "\n".join(lines + [f"! {alarm['message']}" for alarm in self.alarms])


def _is_trouble(entry: Entry, look: Look) -> bool:
    """What may pass on a retry is counted when it is given up; a list that is gone is no article lost."""
    passing = {Outcome.REFUSED, Outcome.FAILED, Outcome.UNREACHABLE}
    if look.outcome in _SILENT | passing:
        return False
    return entry.kind != "listing" or look.outcome is not Outcome.GONE


class Bar:
    """A progress bar on a terminal; elsewhere a plain line now and then. Both on standard error."""

    def __init__(self, waiting: Callable[[], int], *, quiet: bool = False) -> None:
        self._waiting, self._quiet = waiting, quiet
        self._said = time.monotonic()
        self._bar: Progress | None = None
        if sys.stderr.isatty() and not quiet:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[left]}"),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=Console(file=canvas()), transient=True)
            self._task = self._bar.add_task("looking for articles", total=None, left="")

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
            guard()  # rich has put streams of its own in place while the bar is shown
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, report: Report) -> None:
        """Show where the run stands, at most a few times a second."""
        every = 0.3 if self._bar else _EVERY
        if self._quiet or time.monotonic() - self._said < every:
            return
        self._said = time.monotonic()
        waiting, done = self._waiting() + report.lists_left, report.fetched + report.lists
        rate = done / max(time.monotonic() - report.began, 0.1)
        line = (
            f"{report.found} found · {report.fetched} fetched · {report.new} new · {report.changed} changed"
            f" · {report.unchanged} unchanged · {report.refused} refused · {rate:.1f}/s"
        )
        left = f"about {_span(waiting / rate)} left" if rate and waiting else ""
        if self._bar:
            self._bar.update(
                self._task,
                description=line,
                left=left,
                total=done + waiting,
                completed=done,
            )
        else:
            print(line, left, file=sys.stderr, flush=True)  # noqa: T201 - the terminal's side of the report


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest:02} s"
