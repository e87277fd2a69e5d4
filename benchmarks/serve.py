"""Speed of the site, beside stock Datasette on the same articles in the same run.

    python benchmarks/serve.py                                    100,000 articles of text it makes
    python benchmarks/serve.py --corpus FILE --folder DIR         of real text, kept in DIR and used again
    python benchmarks/serve.py --crawling                         while a process beside stores new articles

Both serve as their users have them: `lamdong serve`, and `datasette` without our plugin on a plain table
with FTS5. wrk asks over eight connections at once, each time for another of many pages. The queries are
those of benchmarks/search.py. Milliseconds are of this machine and this hour: trust the ratios, most of all
those of processor time where others use the machine.
"""

import math
import random
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import click
from building import built_in
from loading import OURS, STOCK, Load, Server, asked, serving
from metering import Meter
from queries import Known, queries_from, sampled
from report import Figure, show_figures, table
from rich.console import Console
from stock import build_stock
from storing import storing

from archive.store.opening import open_database

# Queries of a class: few, which come again as those of readers do, whose counts we keep for a minute; and so many
# that hardly one comes again.
QUERIES, MANY = 20, 200
ASKED = 2000  # articles whose pages are asked for

Paths = dict[str, list[str]]  # by what they show


def pages_of(db: sqlite3.Connection) -> tuple[Paths, Paths]:
    """Our pages and those of stock Datasette that show the same."""
    dice = random.Random(7)
    ids = [row[0] for row in db.execute("SELECT id FROM articles ORDER BY id")]
    some = dice.sample(ids, min(ASKED, len(ids)))
    known = sampled(db)
    queries = _quoted(known, dice, QUERIES)
    ours = {
        "article": [f"/articles/{each}" for each in some],
        "search": [f"/search?q={each}" for each in queries],
        "search, new": [f"/search?q={each}" for each in _quoted(known, dice, MANY)],
        "front": ["/"],
    }
    stock = {
        "row": [f"/stock/stories/{each}" for each in some],
        "table search": [f"/stock/stories?_search={each}" for each in queries],
    }
    return ours, stock


def _quoted(known: Known, dice: random.Random, each: int) -> list[str]:
    queries = [quote(one) for one in chain.from_iterable(queries_from(known, each).values())]
    return dice.sample(queries, len(queries))


def loads_of(server: Server, paths: Paths, seconds: int) -> dict[str, Load]:
    """Ask for each kind of page by itself."""
    return {name: asked(server, some, seconds) for name, some in paths.items()}


def compare(console: Console, folder: Path, articles: int, seconds: int) -> None:
    """Show what both sites do, and how far ours is from its figures."""
    build_stock(folder, articles, Meter(1, time.perf_counter))
    with closing(open_database(folder, writable=False)) as db:
        ours, theirs = pages_of(db)
    with serving([*OURS, str(folder)]) as server:
        loads = loads_of(server, ours, seconds)
    # An empty list of plugins: nothing of ours is loaded, nor of anyone else.
    with serving([*STOCK, str(folder / "stock.db")], DATASETTE_LOAD_PLUGINS="") as server:
        loads |= loads_of(server, theirs, seconds)
    show_loads(console, loads)
    show_figures(console, figures_of(loads), articles)
    for one, other in (("article", "row"), ("search", "table search")):
        ratio = loads[other].cost / loads[one].cost
        console.print(f"{one} / {other}, answers of a second of processor: {ratio:.2f}")


def show_loads(console: Console, loads: dict[str, Load]) -> None:
    columns = ("requests/s", "failed", "p50 ms", "p95 ms", "p99 ms", "slowest ms", "CPU ms")
    shown = table("eight connections", "page", *columns)
    for name, load in loads.items():
        waits = (load.p50, load.p95, load.p99, load.slowest, load.cost)
        shown.add_row(name, f"{load.rate:.1f}", f"{load.failed}", *(f"{ms:.1f}" for ms in waits))
    console.print(shown)


def figures_of(loads: dict[str, Load]) -> list[Figure]:
    def ratio(ours: str, theirs: str) -> float:
        return loads[ours].rate / loads[theirs].rate if loads[theirs].rate else math.inf

    return [
        Figure("article page / row page, rate", 2, ratio("article", "row"), is_floor=True),
        Figure("search page / table search, rate", 10, ratio("search", "table search"), True),
        Figure("article page, p95 ms", 40, loads["article"].p95),
        Figure("search page, p95 ms", 120, loads["search"].p95),
        Figure("front page, p95 ms", 60, loads["front"].p95),
        Figure("pages of ours that failed", 0, _failed(loads, "article", "search", "front")),
    ]


def _failed(loads: dict[str, Load], *names: str) -> int:
    return sum(loads[name].failed for name in names)


# -- while a crawl writes --------------------------------------------------------------------------


def read_while_written(console: Console, folder: Path, articles: int, seconds: int) -> None:
    """Show how readers fare while a process stores articles in a copy of the archive."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        copy = Path(temporary)
        shutil.copy(folder / "archive.db", copy)
        with closing(open_database(copy, writable=False)) as db:
            ours, _ = pages_of(db)
        with storing(copy) as stored, serving([*OURS, str(copy)]) as server:
            load = asked(server, _in_turn(ours), seconds)
            articles_stored = stored.value
    show_loads(console, {"each in turn": load})
    console.print(f"{articles_stored} articles were stored meanwhile, each by itself")
    figures = [
        Figure("pages that failed", 0, load.failed),
        Figure("slowest page, ms", 1000, load.slowest),
    ]
    show_figures(console, figures, articles)


def _in_turn(paths: Paths) -> list[str]:
    """One page of each kind after the other, as long as the longest list."""
    longest = max(map(len, paths.values()))
    return [some[number % len(some)] for number in range(longest) for some in paths.values()]


@click.command()
@click.option("--articles", default=100_000, show_default=True, help="Articles of the archive.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Text to use: JSON lines {title, body}, xz.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build here and keep it; use what is here if it has so many articles.",
)
@click.option("--seconds", default=20, show_default=True, help="How long each page is asked for.")
@click.option("--crawling", is_flag=True, help="Ask while a process beside stores new articles.")
def main(
    articles: int, corpus: Path | None, folder: Path | None, seconds: int, crawling: bool
) -> None:
    """Measure the site against its figures and beside stock Datasette."""
    if not shutil.which("wrk"):
        raise click.ClickException("This needs wrk, which is not installed: apt install wrk")
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        built_in(place, articles, corpus, Meter(1, time.perf_counter))
        measure = read_while_written if crawling else compare
        measure(Console(), place, articles, seconds)


if __name__ == "__main__":
    main()
