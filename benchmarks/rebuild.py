"""Speed of `lamdong rebuild`: on one core, and on all, in the same run; the export must stay the same byte for byte.

    python benchmarks/rebuild.py            5,000 articles: the sample newspaper's own of all generations, and filler
    python benchmarks/rebuild.py --profile  where the writer's time goes

The filler's pages are ONECMS ones of about 85 KB. Processor seconds are steady even where others use the machine;
from them follows what idle cores would reach: the writer is one process, and all share the work.
"""

import cProfile
import hashlib
import os
import pstats
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
from rich.progress import track

from archive.dates import now
from archive.model import Capture, Found
from archive.store import Archive
from crawler.cores import pool_size
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.story import HOST
from crawler.judgement import Answer, judge
from crawler.opening import open_archive
from crawler.rebuilding import rebuild

HERE = Path(__file__).resolve()
PAGE_SIZE = 85_000
LEAST_RATE, LEAST_SPEEDUP = 350, 1.7
SHOWN = 30  # functions of a profile


@dataclass(frozen=True)
class Run:
    """One rebuild: seconds it took, processor seconds of the writer and of the workers."""

    wall: float
    writer: float
    workers: float

    def idle(self, cores: int) -> float:
        """Seconds it would take on so many idle cores."""
        return max(self.writer, (self.writer + self.workers) / cores)


def build(folder: Path, pages: int) -> None:
    """Crawl the sample newspaper, then keep filler as a crawl keeps it."""
    subprocess.run(
        [sys.executable, "-m", "crawler", "demo", "--folder", folder],
        cwd=HERE.parents[1],
        check=True,
        capture_output=True,
    )
    newspaper = SampleNewspaper(troubles=False, filler=pages, filler_size=PAGE_SIZE)
    stories = {story.url for story in newspaper.stories}
    filler = [url for url in newspaper.article_urls() if url not in stories]
    with open_archive(folder) as archive:
        archive.begin_run("newest", {})
        for url in track(filler, "keeping", transient=True):
            keep(archive, newspaper, url)
        archive.end_run("done", {})


def keep(archive: Archive, newspaper: SampleNewspaper, url: str) -> None:
    answer, at = newspaper.answer(HOST, url.removeprefix(f"https://{HOST}"), {}), now()
    headers = [(b"Content-Type", b"text/html; charset=utf-8")]
    place, digest = archive.warc.append_exchange(
        url=url, fetched_at=at, status=200, headers=headers, body=answer.body
    )
    key = f"c/{url.rpartition('/')[2].removesuffix('.html')}"
    archive.found([Found(key, url, url, "article")], at)
    entry = archive.urls.entries("key = ?", [key])[0]
    capture = Capture(url, at, 200, place, digest, "text/html; charset=utf-8")
    archive.keep(judge(Answer(entry.id, key, "article", url, 200, answer.body, None, capture), at))


def exported(folder: Path) -> str:
    """The digest of all versions as exported."""
    command = [sys.executable, "-m", "crawler", "export", "--versions", "--archive", folder]
    done = subprocess.run(command, cwd=HERE.parents[1], check=True, capture_output=True)
    return hashlib.sha256(done.stdout).hexdigest()


def measured(folder: Path, workers: int) -> Run:
    began, own, others = (
        time.monotonic(),
        used(resource.RUSAGE_SELF),
        used(resource.RUSAGE_CHILDREN),
    )
    rebuild(folder, workers=workers)
    wall = time.monotonic() - began
    own, others = used(resource.RUSAGE_SELF) - own, used(resource.RUSAGE_CHILDREN) - others
    return Run(wall, own, others)


def used(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def articles_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


def compare(folder: Path, rounds: int) -> None:
    before, articles = exported(folder), 0
    cores = pool_size()
    ratios, rates = [], []
    for _ in range(rounds):
        one, all_ = measured(folder, 0), measured(folder, cores)
        articles = articles_in(folder)
        for name, run, on in (("one core", one, 1), (f"{cores} cores", all_, cores)):
            print(
                f"{name}: {run.wall:.1f} s ({articles / run.wall:.0f}/s); processor {run.writer:.1f} s writing"
                f" + {run.workers:.1f} s reading; on idle cores {articles / run.idle(on):.0f}/s"
            )
        ratios.append((one.wall / all_.wall, one.writer / all_.idle(cores)))
        rates.append((articles / all_.wall, articles / all_.idle(cores)))
    wall, idle = (median(each) for each in zip(*ratios, strict=True))
    rate, idle_rate = (median(each) for each in zip(*rates, strict=True))
    print(
        f"speed-up {wall:.2f} by the clock, {idle:.2f} by processor time (at least {LEAST_SPEEDUP})"
    )
    print(
        f"articles/s {rate:.0f} by the clock, {idle_rate:.0f} by processor time (at least {LEAST_RATE})"
    )
    print("export: " + ("the same" if exported(folder) == before else "DIFFERENT"))


@click.command()
@click.option("--pages", default=5000, show_default=True, help="Pages of filler.")
@click.option("--rounds", default=2, show_default=True)
@click.option("--profile", is_flag=True, help="Show where the writer's time goes.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to leave the archive.")
def main(pages: int, rounds: int, profile: bool, folder: Path | None) -> None:
    """Measure `lamdong rebuild`."""
    os.environ["LAMDONG_DELAY"] = "0"
    with tempfile.TemporaryDirectory() as temporary:
        folder = folder or Path(temporary) / "archive"
        if not folder.exists():
            build(folder, pages)
        if profile:
            with cProfile.Profile() as profiler:
                rebuild(folder)
            pstats.Stats(profiler).sort_stats("tottime").print_stats(SHOWN)
        else:
            compare(folder, rounds)


if __name__ == "__main__":
    main()
