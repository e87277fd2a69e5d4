"""Living through a life of the sample newspaper: the product crawls it now and then, in simulated time.

Each run is a process of its own, as a user's is, forked from one that has loaded the program already.
"""

import faulthandler
import importlib
import json
import multiprocessing
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from runs import NOT_INHERITED, database

from crawler.demo.life import Life
from crawler.demo.living import LivingNewspaper, Shown
from crawler.demo.proxy import Replica

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["crawler.cli", "crawler.running", "crawler.spiders.newspaper"])
MOST_SECONDS = 300  # of one run: a busy machine may stand still for minutes


@dataclass(frozen=True)
class Run:
    """One run: when, its exit status (-9: killed), what it printed, how much it asked for and took."""

    at: datetime
    status: int
    counts: dict[str, Any]
    report: str
    asked: list[str]
    wall: float
    cpu: float

    @property
    def is_killed(self) -> bool:
        return self.status == -9

    @property
    def alarms(self) -> list[dict[str, str]]:
        return list(self.counts.get("alarms", []))


@dataclass
class Lived:
    """A life, the archive that came of it, and the runs; `shown` is what the newspaper answered in them.

    `ids` holds for every address the article id it had after each run that gave it another one.
    """

    life: Life
    archive: Path
    newspaper: LivingNewspaper
    runs: list[Run] = field(default_factory=list)
    ids: dict[str, list[int]] = field(default_factory=dict)

    @property
    def shown(self) -> list[Shown]:
        return self.newspaper.shown

    @property
    def finished(self) -> list[datetime]:
        """The moments of the runs that were not killed."""
        return [run.at for run in self.runs if not run.is_killed]

    def database(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open it to read alone, so that what a killed run left stays for the next one; `with` closes it."""
        return database(self.archive, "ro")


def moments(life: Life, a_day: int, seed: int = 1) -> list[datetime]:
    """Return the moments of runs: so many a day, at even distances but for a jitter of a fifth of them."""
    chance, apart = Random(seed), 24 / a_day
    return [
        life.begins + timedelta(hours=(number + 0.5 + chance.uniform(-0.2, 0.2)) * apart)
        for number in range(life.days * a_day)
    ]


def live_through(
    life: Life, folder: Path, at: Iterable[datetime], kill_every: int = 0, seed: int = 1
) -> Lived:
    """Crawl at these moments; of so many runs the last one is killed somewhere on its way, but for the very last."""
    lived = Lived(life, folder / "archive", LivingNewspaper(life))
    chance, at = Random(seed), list(at)
    with Replica(lived.newspaper, folder / "replica") as replica:
        for number, moment in enumerate(at, 1):
            is_killed = kill_every and number % kill_every == 0 and number < len(at)
            requests = chance.randrange(1, 25) if life.answers_at(moment) else 1
            kill_after = requests if is_killed else None
            lived.runs.append(crawl(lived, replica, folder, moment, kill_after))
            _note_ids(lived)
    return lived


def crawl(
    lived: Lived, replica: Replica, folder: Path, at: datetime, kill_after: int | None = None
) -> Run:
    """Crawl once as of a moment; `kill -9` comes after so many requests, if given."""
    lived.newspaper.at = at
    begun, began, out = len(replica.asked), time.monotonic(), folder / "output"
    environment = {**replica.environment, "LAMDONG_DELAY": "0", "LAMDONG_NOW": at.isoformat()}
    arguments = ["crawl", "--archive", str(lived.archive), "--no-images", "--json"]
    process = FORKS.Process(target=_run, args=(arguments, environment, out))
    process.start()
    if kill_after is not None:
        while len(replica.asked) < begun + kill_after and process.exitcode is None:
            time.sleep(0.001)
        process.kill()
    process.join(MOST_SECONDS)
    report, printed = (Path(f"{out}.{name}").read_text() for name in ("err", "out"))
    if process.exitcode is None:
        process.kill()
        raise AssertionError(
            f"a run at {at} did not end; it asked {[asked.url for asked in replica.asked[begun:]]}\n{report}"
        )
    assert "Traceback" not in report, report
    used = Path(f"{out}.cpu")
    return Run(
        at=at,
        status=process.exitcode,
        counts=json.loads(printed) if printed else {},
        report=report,
        asked=[f"{asked.host}{asked.path}" for asked in replica.asked[begun:]],
        wall=time.monotonic() - began,
        cpu=float(used.read_text()) if process.exitcode >= 0 else 0.0,
    )


def _run(arguments: list[str], environment: dict[str, str], out: Path) -> None:
    from archive.dates import set_clock
    from crawler import settings
    from crawler.cli import main

    for name in NOT_INHERITED:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ.update(environment)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{out}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    faulthandler.dump_traceback_later(MOST_SECONDS - 5)
    sys.argv[1:] = arguments
    importlib.reload(settings)  # read from the environment when the fork server began
    set_clock(environment["LAMDONG_NOW"])
    try:
        main()
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        Path(f"{out}.cpu").write_text(str(used.ru_utime + used.ru_stime))


def _note_ids(lived: Lived) -> None:
    if not (lived.archive / "archive.db").exists():
        return
    for url, number in _ids(lived):
        given = lived.ids.setdefault(url, [])
        if not given or given[-1] != number:
            given.append(number)


def _ids(lived: Lived) -> Iterator[tuple[str, int]]:
    with lived.database() as db:
        yield from map(
            tuple, db.execute("SELECT url, article_id FROM urls WHERE article_id IS NOT NULL")
        )
