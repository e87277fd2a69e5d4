"""What needs a person: looked for at the end of every run, by what the run showed against the archive's own past."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from archive.alarms import Alarm
from archive.dates import now, timestamp
from archive.model import Outcome
from archive.store import Archive
from archive.store import looks as at
from archive.store.alarms import Alarms, Key, open_alarms
from archive.store.extraction import Measured, measured_since, waiting
from archive.store.index import is_stale
from archive.store.looks import Host, Seen
from crawler import drift
from crawler.extraction import measure
from crawler.newspapers import baolamdong as newspaper
from crawler.plan import Plan
from crawler.report import Report
from crawler.rhythm import too_quiet

_REFUSED: Final = 10  # refusals in a run, below which nothing is said
_OFTEN: Final = 0.25  # of the requests; the firewall refuses some on any day, so it is also compared with the past
_FORBIDDEN: Final = 3  # addresses that robots.txt forbids beside half of their kind
_LOST: Final = (
    10  # articles of a day: single ones are taken down again before anybody could fetch them
)
_FOLLOWED: Final = timedelta(
    days=7
)  # how long an archive must have been kept up before silence means anything
_FULL: Final = 0.05  # of the disk left, and less than
_ROOM: Final = 2 * 2**30  # bytes
_NO_ROOM: Final = 50 * 2**20  # bytes: too little on a disk of any size
_CLOCK: Final = timedelta(minutes=10)
_CACHED: Final = timedelta(hours=3)  # by which the Date of answers from a cache may be behind
_DATED: Final = 5  # answers with a Date, before one believes them
_NEWSPAPER: Final = newspaper.ORIGIN.removeprefix("https://")

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
        self.hosts = at.by_host(self.looks)

    def open(self, name: str) -> Iterator[Key]:
        """Yield the open alarms of a name."""
        yield from (key for key in self.known if key[0] == name)

    @property
    def saw_the_newest(self) -> bool:
        """Whether it looked for the newest articles everywhere and came to its end."""
        whole = self.plan.kind == "newest" and not self.plan.is_narrow and self.plan.limit is None
        return whole and self.problem is None


def look_for_alarms(archive: Archive, plan: Plan, report: Report, problem: str | None) -> None:
    """Open and close alarms at the end of a run, and enter those that are open into its report."""
    run_id, alarms = archive.run_id, Alarms(archive.db)
    if run_id is None:
        return
    archive.begin()
    looks = at.of_run(archive.db, run_id)
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


# -- how pages are read ---------------------------------------------------------------------------


def extraction(run: Run) -> Iterator[Verdict]:
    """Whether layouts match and fields are filled as before. Without new articles nothing is known of it."""
    if not measure(run.archive, run.id):
        return
    rows = measured_since(run.archive.db, run.at - drift.PAST)
    asked = {key[1].partition("/")[0] for key in run.open("layout")}
    main = drift.main_layout(rows)
    for layout in sorted(asked | ({main} if main else set())):
        for question in drift.questions(rows, layout):
            yield from _answer(run, layout, question, rows)


def _answer(
    run: Run, layout: str, question: drift.Question, rows: list[Measured]
) -> Iterator[Verdict]:
    key = (question.name, question.subject)
    since = run.known.get(key)
    over = Alarms(run.archive.db).past(*key)
    rows = [row for row in rows if not any(a <= row.started_at <= b for a, b in over)]
    fall = drift.lasts(rows, question, since) if since else drift.begun(rows, question)
    if fall:
        yield drift.alarm(layout, question, fall, waiting(run.archive.db, fall.since))
    elif since:
        yield key


# -- whether anything is missing ------------------------------------------------------------------


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


# -- how the newspaper answers --------------------------------------------------------------------


def refusals(run: Run) -> Iterator[Verdict]:
    """More refusals than on other days, or so many that the run ended."""
    answers = [look for look in run.looks if look.status is not None]
    refused = sum(look.outcome is Outcome.REFUSED for look in answers)
    often = refused >= _REFUSED and refused / len(answers) >= max(_OFTEN, 2 * _usually(run))
    if run.report.gave_up or often:
        yield Alarm("refusals", facts={"refused": refused, "asked": len(answers)})
    elif len(answers) > refused:
        yield "refusals", ""


def _usually(run: Run) -> float:
    """The share of refusals in the month before, or since they last were an alarm."""
    past = Alarms(run.archive.db).past("refusals", "")
    since = max([timestamp(run.at - drift.PAST), *(until for _, until in past)])
    until = run.known.get(("refusals", ""), timestamp(run.began))
    return at.refused_between(run.archive.db, since, until)


def away(run: Run) -> Iterator[Verdict]:
    """No answer at all, from a newspaper that answered before; an unverified certificate, a missing robots.txt."""
    for host in run.hosts.values():
        silent = host.with_outcome(Outcome.UNREACHABLE)
        last = silent[-1].detail if silent and host.looks[-1] is silent[-1] else ""
        found = _why_away(host.name, last) if last and not host.answered else None
        if found:
            yield found
        elif run.problem and last and host.name == _NEWSPAPER and _was_reached(run):
            yield Alarm("unreachable", host.name, {"host": host.name})
        if host.answered and not (run.problem and last):
            yield from ((name, host.name) for name in ("unreachable", "certificate"))
            yield "robots", f"{host.name}/unknown"


def _why_away(host: str, detail: str) -> Alarm | None:
    if "certificate" in detail:
        return Alarm("certificate", host, {"host": host})
    if "robots.txt answers" in detail:
        return Alarm("robots", f"{host}/unknown", {"host": host}, "robots_unknown")
    return None


def _was_reached(run: Run) -> bool:
    """An archive that never had an answer has the run's own sentence; there is nothing to compare with."""
    known = "SELECT 1 FROM observations WHERE status IS NOT NULL LIMIT 1"
    return run.archive.db.execute(known).fetchone() is not None


def robots(run: Run) -> Iterator[Verdict]:
    """The robots.txt forbids what was had before, or most of what is asked for."""
    for host in run.hosts.values():
        forbidden = host.with_outcome(Outcome.FORBIDDEN)
        example = _no_longer_allowed(run, forbidden) or _mostly(host, forbidden)
        if example:
            yield Alarm("robots", host.name, {"host": host.name, "example": example})
        elif host.answered:
            yield "robots", host.name


def _no_longer_allowed(run: Run, forbidden: list[Seen]) -> str | None:
    """A list that was read before, or the front page, where every reading begins."""
    for look in forbidden:
        is_list = look.kind == "listing"
        if newspaper.is_front_page(look.url) or (
            is_list and at.was_there(run.archive.db, look.url_id)
        ):
            return look.url
    return None


def _mostly(host: Host, forbidden: list[Seen]) -> str | None:
    for kind in ("article", "picture"):
        own = [look for look in forbidden if look.kind == kind]
        asked = sum(look.kind == kind for look in host.looks)
        if len(own) >= _FORBIDDEN and 2 * len(own) > asked:
            return own[0].url
    return None


# -- the machine ----------------------------------------------------------------------------------


def disk(run: Run) -> Iterator[Verdict]:
    """Little room left where the archive lies."""
    usage = shutil.disk_usage(run.archive.folder)
    share = usage.free / usage.total if usage.total else 1.0
    if usage.free < _NO_ROOM or (share < _FULL and usage.free < _ROOM):
        yield Alarm("disk", facts={"free": usage.free // 2**20, "share": share})
    else:
        yield "disk", ""


def clock(run: Run) -> Iterator[Verdict]:
    """A run before this one that ended in the future; or a newspaper whose clock says something else."""
    before = run.archive.runs.last_moment_before(run.id)
    if before and before > run.at + _CLOCK:
        yield Alarm("clock", facts={"last": before.isoformat(timespec="seconds")})
    elif run.report.dated < _DATED or run.report.clock is None:
        yield from run.open("clock") if before and before <= run.at else ()
    elif not -_CACHED < run.report.clock < _CLOCK:
        minutes = round(abs(run.report.clock) / timedelta(minutes=1))
        yield Alarm("clock", facts={"minutes": minutes}, form="clock_differs")
    else:
        yield "clock", ""


def index(run: Run) -> Iterator[Verdict]:
    """A search index made by other rules than today's."""
    yield Alarm("index") if is_stale(run.archive.db) else ("index", "")


Check = Callable[[Run], Iterable[Verdict]]
CHECKS: Final[tuple[Check, ...]] = (
    extraction,
    gaps,
    silence,
    refusals,
    away,
    robots,
    disk,
    clock,
    index,
)
