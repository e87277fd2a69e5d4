"""A run with nothing new on an archive of many articles: requests made and processor time used.

    python benchmarks/quiet.py                    20,000 held articles; builds them first (some minutes)
    python benchmarks/quiet.py --profile          and where the time of such a run goes

The newspaper is the sample one with made-up articles, in this process, on the loopback interface; each run is
a process of its own, as a user or a timer starts it. Measured are a run with no re-check due and one where
all articles are due, which asks for as many as one run may.
"""

import os
import pstats
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

HERE = Path(__file__).resolve()
ARTICLES = 20_000
MOST_REQUESTS, MOST_SECONDS = 150, 3.0  # what must be reached
SHOWN = 40  # functions of a profile
RUNS = 3


@dataclass(frozen=True)
class Run:
    """One process: seconds of processor time, user and system, and what it asked for."""

    cpu: float
    lists: int
    articles: int

    @property
    def requests(self) -> int:
        """All requests, robots.txt among them."""
        return self.lists + self.articles


def crawl(archive: Path, replica: Replica, *options: str, under: str = "") -> Run:
    """Run `lamdong crawl` and measure it."""
    before = len(replica.asked)
    command = [sys.executable, *under.split(), "-m", "crawler", "crawl", "--archive", str(archive)]
    command += ["--no-images", *options]
    environment = {**os.environ, **replica.environment, "LAMDONG_DELAY": "0"}
    process = subprocess.Popen(
        command, env=environment, cwd=HERE.parents[1], stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        raise click.ClickException(f"{' '.join(command)} failed with {process.returncode}")
    kinds = Counter(
        request.path.partition("?")[0].endswith((".html", "/")) and request.path != "/"
        for request in replica.asked[before:]
    )
    return Run(used.ru_utime + used.ru_stime, kinds[False], kinds[True])


def build(archive: Path, replica: Replica, articles: int) -> int:
    """Let the archive hold so many articles, and then some runs go by; return how many it holds."""
    first = replica.newspaper.today.replace(day=1).replace(year=2000)
    crawl(archive, replica, "--since", str(first))
    for _ in range(2):  # the lists a first run read deep are now known
        crawl(archive, replica)
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        (held,) = db.execute("SELECT count(*) FROM articles").fetchone()
    if held < articles:
        raise click.ClickException(f"only {held} of {articles} articles are held")
    return int(held)


def all_due(archive: Path) -> None:
    with closing(sqlite3.connect(archive / "archive.db")) as db, db:
        db.execute("UPDATE urls SET due_at = '2020-01-01T00:00:00+00:00' WHERE due_at IS NOT NULL")
        db.execute("UPDATE observations SET at = '2020-01-01T00:00:00+00:00'")


def measure(console: Console, archive: Path, replica: Replica, held: int) -> None:
    """Print requests and processor time of quiet runs beside what must be reached."""
    table = Table(title=f"a run with nothing new, {held:,} articles held; median of {RUNS}")
    for name in ("re-checks", "lists", "articles", "requests", "CPU s"):
        table.add_column(name, justify="right")
    reached = True
    for due in (False, True):
        runs = []
        for _ in range(RUNS):
            if due:
                all_due(archive)
            runs.append(crawl(archive, replica))
        cpu, requests = median(run.cpu for run in runs), max(run.requests for run in runs)
        reached &= cpu <= MOST_SECONDS and requests <= MOST_REQUESTS
        counts = (f"{runs[-1].lists}", f"{runs[-1].articles}", f"{requests}")
        table.add_row("all due" if due else "none due", *counts, f"{cpu:.2f}")
    console.print(table)
    said = "reached" if reached else "missed"
    console.print(f"at most {MOST_REQUESTS} requests and {MOST_SECONDS:g} s: {said}")


@click.command()
@click.option("--articles", default=ARTICLES, show_default=True, help="Held articles.")
@click.option("--profile", is_flag=True, help="Show where the time goes.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to work and leave it all.")
def main(articles: int, profile: bool, folder: Path | None) -> None:
    """Measure runs with nothing new."""
    console = Console()
    with tempfile.TemporaryDirectory() as passing:
        place = folder or Path(passing)
        newspaper = SampleNewspaper(troubles=False, filler=articles)
        with Replica(newspaper, place / "replica") as replica:
            held = build(place / "archive", replica, articles)
            measure(console, place / "archive", replica, held)
            if profile:
                kept = place / "profile"
                crawl(place / "archive", replica, under=f"-m cProfile -o {kept}")
                pstats.Stats(str(kept)).sort_stats("cumulative").print_stats(SHOWN)
                pstats.Stats(str(kept)).sort_stats("tottime").print_stats(SHOWN)


if __name__ == "__main__":
    main()
