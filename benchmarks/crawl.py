"""Speed and memory of a whole crawl, beside a bare Scrapy spider on the same pages in the same run.

    python benchmarks/crawl.py             product and bare spider in turn, and their ratio
    python benchmarks/crawl.py --memory    the product's peak at 2,000 and at 20,000 pages
    python benchmarks/crawl.py --profile   where the product's time goes

The newspaper is the sample one, in a process of its own on the loopback interface. The bare spider
asks for the very addresses the product came to hold, eight at a time, and keeps nothing: no
robots.txt, no listings, no WARC, no database. It is what Scrapy and parsel can do at best.
"""

import json
import os
import pstats
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click
import scrapy
from rich.console import Console
from rich.table import Table
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

HERE = Path(__file__).resolve()
PAGE_SIZE = 85_000  # bytes, about what an article's page on baolamdong.vn has
SMALL, LARGE = 2_000, 20_000  # pages between which memory must not grow
LEAST_RATIO, MOST_MEMORY, MOST_GROWTH = 0.5, 250.0, 1.15  # what must be reached; MiB
FILLER_DAYS = timedelta(days=12)  # the sample newspaper's pages are younger than that
SHOWN = 40  # functions of a profile

Environment = dict[str, str]


@dataclass(frozen=True)
class Run:
    """One process that crawled: seconds of it all and without start-up, peak memory in MiB."""

    articles: int
    crawl: float
    wall: float
    cpu: float  # seconds, user and system
    peak: float

    @property
    def rate(self) -> float:
        """Articles per second of the whole process."""
        return self.articles / self.wall

    @property
    def crawl_rate(self) -> float:
        """Articles per second of crawling."""
        return self.articles / self.crawl

    @property
    def cost(self) -> float:
        """Milliseconds of processor per article: steady even where others use the machine."""
        return 1000 * self.cpu / self.articles


# -- the bare spider -------------------------------------------------------------------------------

BARE_SETTINGS: dict[str, Any] = {
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "CONCURRENT_ITEMS": 1,  # Scrapy starts so many tasks for every response
    "DOWNLOAD_DELAY": 0,
    "LOG_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "ROBOTSTXT_OBEY": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    "COMPRESSION_ENABLED": False,  # the sample newspaper sends these pages as they are
    "DOWNLOADER_STATS": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "MEMUSAGE_ENABLED": False,
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    },
}
# Named by element and class, which is several times as fast as by class alone.
ONE = {
    "title": "h1.block-sc-title::text, h1.c-detail-head__title::text",
    "lead": "p.block-sc-sapo::text, p.Headlines ::text",
    "section": "span.block-sc-cate-name::text, span.c-detail-head__cat a::text",
    "date": "span.block-sc-publish-time::text, span.c-detail-head__time::text",
}
MANY = {
    "authors": "span.block-sc-author::text, span.c-detail-head__author::text",
    "tags": "h4 a::text",
    "images": "article.entry figure img::attr(src)",
}


class Bare(scrapy.Spider):
    """Fetches addresses, takes the same fields out of each page and counts those it could read."""

    name = "bare"
    addresses: list[str]
    articles = 0
    began = 0.0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self.began = time.monotonic()
        for address in self.addresses:
            yield scrapy.Request(address, self.parse, dont_filter=True)

    def parse(self, response: Response) -> None:
        fields: dict[str, Any] = {name: response.css(css).get() for name, css in ONE.items()}
        fields |= {name: response.css(css).getall() for name, css in MANY.items()}
        paragraphs = response.css("article.entry > p")
        fields["body"] = ["".join(each.xpath(".//text()").getall()) for each in paragraphs]
        self.articles += bool(fields["title"] and fields["date"])

    def closed(self, _reason: str) -> None:
        seconds = time.monotonic() - self.began
        print(json.dumps({"articles": self.articles, "crawl": seconds}))


def crawl_bare(addresses: Path) -> None:
    process = AsyncCrawlerProcess(BARE_SETTINGS)
    process.crawl(Bare, addresses=addresses.read_text().split())
    process.start()


# -- processes and what they cost ------------------------------------------------------------------


@contextmanager
def newspaper(pages: int, size: int = PAGE_SIZE) -> Iterator[Environment]:
    """Serve the sample newspaper with so many made-up pages; yield the environment for it."""
    filler = [f"--filler={pages}", f"--filler-size={size}"]
    command = [sys.executable, "-m", "crawler.demo", "--no-troubles", "--port=0", *filler]
    with subprocess.Popen(
        command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True
    ) as served:
        try:
            yield {**os.environ, **_exported(served), "LAMDONG_DELAY": "0"}
        finally:
            served.terminate()


def _exported(served: subprocess.Popen[str]) -> Environment:
    lines = [served.stdout.readline() for _ in range(4)] if served.stdout else []
    pairs = (line.removeprefix("export ").strip().partition("=") for line in lines)
    return {name: value.strip("'") for name, _, value in pairs}


def cost_of(command: list[str], environment: Environment) -> tuple[str, dict[str, float]]:
    """Return what a command printed, and its wall and processor seconds and its peak in MiB."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, cwd=HERE.parents[1], stdout=out, stderr=err
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 3}:  # 3: done, with an alarm
            err.seek(0)
            raise click.ClickException(f"{' '.join(command)} failed:\n{err.read()}")
        out.seek(0)
        cost = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}
        return out.read(), cost


def product(folder: Path, environment: Environment, *options: str, under: str = "") -> Run:
    """Crawl into a new archive in `folder`, as a user would."""
    command = [sys.executable, *under.split(), "-m", "crawler", "crawl"]
    command += ["--archive", str(folder), "--no-images", *options]
    _, cost = cost_of(command, environment)
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
        began, ended = db.execute("SELECT started_at, ended_at FROM runs").fetchone()
    crawl = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
    return Run(articles, crawl.total_seconds(), **cost)


def bare(folder: Path, environment: Environment) -> Run:
    """Let the bare spider fetch what the archive in `folder` holds of the layout it can read."""
    addresses = folder / "addresses.txt"
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        rows = db.execute("SELECT url FROM articles WHERE layout = 'onecms'").fetchall()
    addresses.write_text("\n".join(address for (address,) in rows))
    printed, cost = cost_of([sys.executable, str(HERE), "--bare", str(addresses)], environment)
    counted = json.loads(printed)
    if counted["articles"] < len(rows):
        raise click.ClickException(f"the bare spider read {counted['articles']} of {len(rows)}")
    return Run(counted["articles"], counted["crawl"], **cost)


# -- what is asked for -----------------------------------------------------------------------------


def compare(console: Console, pages: int, rounds: int) -> None:
    table = Table(title=f"{pages} pages of {PAGE_SIZE // 1000} KB, pause 0")
    for name in ("round", "", "articles", "s", "articles/s", "without start", "CPU ms each", "MiB"):
        table.add_column(name, justify="right")
    ratios, costs = [], []
    with newspaper(pages) as environment:
        for number in range(1, rounds + 1):
            with tempfile.TemporaryDirectory() as folder:
                ours = product(Path(folder), environment)
                theirs = bare(Path(folder), environment)
            _add_row(table, f"{number}", "product", ours)
            _add_row(table, "", "bare", theirs)
            ratios.append(ours.rate / theirs.rate)
            costs.append(theirs.cost / ours.cost)
            both = (ratios[-1], ours.crawl_rate / theirs.crawl_rate, costs[-1])
            ratio, inner, cost = (f"{each:.2f}" for each in both)
            table.add_row("", "ratio", "", "", ratio, inner, cost, "", end_section=True)
    console.print(table)
    rate, cost = f"{median(ratios):.2f} (at least {LEAST_RATIO})", f"{median(costs):.2f}"
    console.print(f"product / bare, median: articles/s {rate}, articles per CPU second {cost}")


def _add_row(table: Table, number: str, name: str, run: Run) -> None:
    rates = (f"{run.rate:.1f}", f"{run.crawl_rate:.1f}", f"{run.cost:.2f}")
    table.add_row(number, name, f"{run.articles}", f"{run.wall:.1f}", *rates, f"{run.peak:.0f}")


def memory(console: Console) -> None:
    since = (datetime.now(UTC) - FILLER_DAYS).date().isoformat()  # all pages, not the last week's
    peaks = []
    for pages in (SMALL, LARGE):
        with newspaper(pages) as environment, tempfile.TemporaryDirectory() as folder:
            run = product(Path(folder), environment, "--since", since)
        console.print(f"{run.articles} articles in {run.wall:.0f} s: peak {run.peak:.0f} MiB")
        peaks.append(run.peak)
    is_met = max(peaks) <= MOST_MEMORY and peaks[1] <= MOST_GROWTH * peaks[0]
    said = "met" if is_met else "missed"
    console.print(f"at most {MOST_MEMORY:.0f} MiB, and flat (within {MOST_GROWTH - 1:.0%}): {said}")


def profile(pages: int) -> None:
    with newspaper(pages) as environment, tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "profile"
        product(Path(folder) / "archive", environment, under=f"-m cProfile -o {kept}")
        pstats.Stats(str(kept)).sort_stats("tottime").print_stats(SHOWN)


@click.command()
@click.option("--pages", default=SMALL, show_default=True, help="Pages of the sample newspaper.")
@click.option("--rounds", default=3, show_default=True, help="Of both, in turn.")
@click.option("--memory", "what", flag_value="memory", help="Measure memory, not speed.")
@click.option("--profile", "what", flag_value="profile", help="Show where the time goes.")
@click.option("--bare", "addresses", type=click.Path(path_type=Path), hidden=True)
def main(pages: int, rounds: int, what: str | None, addresses: Path | None) -> None:
    """Measure the crawl against a bare Scrapy spider on the sample newspaper."""
    if addresses:
        crawl_bare(addresses)
    elif what == "memory":
        memory(Console())
    elif what == "profile":
        profile(pages)
    else:
        compare(Console(), pages, rounds)


if __name__ == "__main__":
    main()
