"""What a run with nothing new costs on thousands of held articles: requests, processor seconds, and where they go.

The archive is filled once from the sample newspaper's filler; then an hour later, and once more with a profile,
the product crawls it again. Run by `benchmarks/month.py --quiet 20000`.
"""

import pstats
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from crawl import cost_of, newspaper
from rich.console import Console

MOST_SECONDS = 3.0  # of the processor
SHOWN = 45  # functions of the profile


def measure(folder: Path, held: int, console: Console) -> None:
    """Fill an archive with so many articles, then measure runs that find nothing new."""
    archive = folder / "archive"
    with newspaper(held, size=0) as environment:
        crawl = ["crawl", "--archive", str(archive), "--no-images", "--json"]
        since = (datetime.now().astimezone() - timedelta(days=12)).date()
        command = [sys.executable, "-m", "crawler", *crawl]
        _, cost = cost_of([*command, "--since", str(since)], environment)
        console.print(f"{held} articles fetched in {cost['wall']:.0f} s")
        cost_of(command, environment)  # reads the lists to their end, once
        for hours in (2, 30, 60):
            at = (datetime.now().astimezone() + timedelta(hours=hours)).isoformat()
            printed, cost = cost_of(command, {**environment, "LAMDONG_NOW": at})
            console.print(
                f"{hours:>3} h later: {_asked(archive)} requests, {cost['cpu']:.2f} s CPU"
            )
            console.print(f"          {printed.strip()}", highlight=False)
        at = (datetime.now().astimezone() + timedelta(hours=61)).isoformat()
        profile = folder / "profile"
        under = [sys.executable, "-m", "cProfile", "-o", str(profile), "-m", "crawler", *crawl]
        subprocess.run(under, env={**environment, "LAMDONG_NOW": at}, check=False)
    pstats.Stats(str(profile)).sort_stats("cumulative").print_stats(SHOWN)
    pstats.Stats(str(profile)).sort_stats("tottime").print_stats(25)


def _asked(archive: Path) -> dict[str, int]:
    """Return how many addresses of each kind the latest run asked for."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        return dict(
            db.execute(
                "SELECT u.kind, count(*) FROM observations o JOIN urls u ON u.id = o.url_id"
                " WHERE o.run_id = (SELECT max(id) FROM runs) GROUP BY 1"
            ).fetchall()
        )
