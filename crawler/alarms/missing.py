"""Whether anything is missing: gaps that stay open, and no news for too long."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from archive.alarms import Alarm
from archive.dates import timestamp
from crawler.alarms.run import Run, Verdict
from crawler.rhythm import too_quiet

# Articles of a day: single ones are taken down again before anybody could fetch them.
_LOST: Final = 10
_FOLLOWED: Final = timedelta(days=7)  # an archive was kept up before silence means anything


def gaps(run: Run) -> Iterator[Verdict]:
    """Gaps found by an earlier run that this one did not close: one alarm for those of one kind and day."""
    rows = run.archive.db.execute(
        "SELECT kind, date(found_at, '+7 hours') AS day, count(*), min(since) FROM gaps"
        " WHERE closed_at IS NULL AND run_id < ? AND (kind <> 'articles' OR missing >= ?) GROUP BY 1, 2",
        [run.id, _LOST],
    ).fetchall()
    found = {f"{kind}/{day}": (count, day, first) for kind, day, count, first in rows}
    for subject, (count, day, first) in found.items():
        command = f"lamdong crawl --since {first or day}"
        yield Alarm("gap", subject, {"count": count, "since": day, "command": command})
    yield from (key for key in run.open("gap") if key[1] not in found)


def silence(run: Run) -> Iterator[Verdict]:
    """Nothing new for longer than the rhythm of the newspaper allows."""
    if not run.saw_the_newest:
        return
    followed = run.archive.db.execute(
        "SELECT 1 FROM runs WHERE kind = 'newest' AND outcome = 'done' AND started_at <= ?",
        [timestamp(run.at - _FOLLOWED)],
    ).fetchone()
    quiet = too_quiet(run.archive.db, run.at) if followed else None
    yield Alarm("silence", facts=quiet.as_facts()) if quiet else ("silence", "")
