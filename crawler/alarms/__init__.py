"""What needs a person: looked for at the end of every run, by what it showed against the archive's own past."""

from collections.abc import Callable, Iterable
from typing import Final

from archive.alarms import Alarm
from archive.dates import now
from archive.store import Archive
from archive.store.alarms import Alarms, open_alarms
from archive.store.looks import of_run
from crawler.alarms.answers import away, challenge, refusals, robots
from crawler.alarms.machine import clock, disk, index, lost
from crawler.alarms.missing import gaps, silence
from crawler.alarms.reading import extraction
from crawler.alarms.run import Run, Verdict
from crawler.plan import Plan
from crawler.report import Report

Check = Callable[[Run], Iterable[Verdict]]
CHECKS: Final[tuple[Check, ...]] = (
    extraction, gaps, silence, refusals, challenge, away, robots, disk, lost, clock, index,
)  # fmt: skip


def look_for_alarms(archive: Archive, plan: Plan, report: Report, problem: str | None) -> None:
    """Open and close alarms at the end of a run, and enter those that are open into its report."""
    run_id, alarms = archive.run_id, Alarms(archive.db)
    if run_id is None:
        return
    archive.begin()
    looks = of_run(archive.db, run_id)
    began = archive.runs.began(run_id)
    run = Run(archive, plan, report, run_id, problem, began, now(), alarms.open(), looks)
    verdicts = [verdict for check in CHECKS for verdict in check(run)]
    found = [verdict for verdict in verdicts if isinstance(verdict, Alarm)]
    well = [verdict for verdict in verdicts if not isinstance(verdict, Alarm)]
    alarms.settle(found, well, run.at)
    archive.settle(at_once=True)
    report.alarms = [
        {name: row[name] for name in ("name", "since", "message")}
        for row in open_alarms(archive.db)
    ]
