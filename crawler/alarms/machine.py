"""The machine the archive lies on: its disk and what that lost, its clock, the search index."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from archive.alarms import Alarm
from archive.store.index import is_stale
from crawler.alarms.run import Run, Verdict

_FULL: Final = 0.05  # of the disk left, and less than
_ROOM: Final = 2 * 2**30  # bytes
_NO_ROOM: Final = 50 * 2**20  # bytes: too little on a disk of any size
_CLOCK: Final = timedelta(minutes=10)
_CACHED: Final = timedelta(hours=3)  # by which the Date of answers from a cache may be behind
_DATED: Final = 5  # answers with a Date, before one believes them


def disk(run: Run) -> Iterator[Verdict]:
    """Little room left where the archive lies."""
    usage = shutil.disk_usage(run.archive.folder)
    share = usage.free / usage.total if usage.total else 1.0
    if usage.free < _NO_ROOM or (share < _FULL and usage.free < _ROOM):
        yield Alarm("disk", facts={"free": usage.free // 2**20, "share": share})
    else:
        yield "disk", ""


def clock(run: Run) -> Iterator[Verdict]:
    """A look or a run before this one that lies in the future; or a newspaper whose clock says something else."""
    before = run.archive.runs.last_moment_before(run.id)
    look = run.archive.clock.last_look()
    before = max(
        filter(None, [before, datetime.fromisoformat(look) if look else None]), default=None
    )
    if before and before > run.at + _CLOCK:
        yield Alarm("clock", facts={"last": before.isoformat(timespec="seconds")})
    elif run.report.dated < _DATED or run.report.clock is None:
        yield from run.open("clock") if before and before <= run.at else ()
    elif not -_CACHED < run.report.clock < _CLOCK:
        minutes = round(abs(run.report.clock) / timedelta(minutes=1))
        yield Alarm("clock", facts={"minutes": minutes}, form="clock_differs")
    else:
        yield "clock", ""


def lost(run: Run) -> Iterator[Verdict]:
    """Rows that were ahead of the files when a run opened the archive, until all they told of was asked again."""
    again, since = run.archive.asked_again, run.known.get(("lost", ""))
    if again is not None:
        yield Alarm("lost", facts={"count": again})
    if not run.archive.queue.unasked(datetime.fromisoformat(since) if since else run.began):
        yield "lost", ""


def index(run: Run) -> Iterator[Verdict]:
    """A search index made by other rules than today's."""
    yield Alarm("index") if is_stale(run.archive.db) else ("index", "")
