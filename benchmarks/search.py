"""Speed and size of the search, beside stock Datasette and sqlite-utils on the same articles in the same run.

    python benchmarks/search.py                                   100,000 articles of text it makes
    python benchmarks/search.py --corpus FILE                     of real text: xz, {title, body} a line
    python benchmarks/search.py --articles 500000 --folder DIR    kept in DIR and used again from there

Articles beyond those of the corpus are paragraphs of three of them. The queries are drawn from what was
built, by how often their words stand there: the same for the same text. Every query is asked several
times, all of them in random order on one warm connection, and counts with its median; p95 is over the
queries of a class. Milliseconds are of this machine and this hour: trust the ratios.
"""

import math
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import click
from building import Built, built_in
from metering import Ask, Meter
from queries import ASKED_BESIDE, prefixes, queries_from, sampled
from report import Figure, figures_of, filter_ratios, show_figures, show_times, table
from rich.console import Console
from sqlite_utils import Database
from stock import STOCK_COUNT, ask_datasette, ask_sqlite_utils, build_stock

from archive.search import Filters, Sort, Wanted, counts, search, suggest
from archive.search.query import parse
from archive.search.tiers import count, everything, ids
from archive.store.opening import open_database


def filters_within(db: sqlite3.Connection) -> dict[str, Filters]:
    """Three filters: a section, a year, a section and days that begin and end within months."""
    days = [row[0][:10] for row in db.execute("SELECT published_at FROM articles ORDER BY id")]
    year = date.fromisoformat(days[-1]).year - 1
    since, until = (date.fromisoformat(days[len(days) * part // 10]) for part in (2, 7))
    within = Filters("kinh-te", since=since.replace(day=13), until=until.replace(day=19))
    return {
        "a section": Filters("xa-hoi"),
        "a year": Filters(since=date(year, 1, 1), until=date(year, 12, 31)),
        "a section and days": within,
    }


def asks_of(db: sqlite3.Connection, filters: dict[str, Filters]) -> dict[str, Ask]:
    """Everything a reader may ask for with a query."""

    def page(sort: Sort, within: Filters) -> Ask:
        return lambda query: search(db, Wanted(query, within, sort))

    none = Filters()
    asks: dict[str, Ask] = {
        "newest 20, ids": lambda query: ids(db, everything(parse(query), none), "newest", 20),
        "page": page("best", none),
        "page by newest": page("newest", none),
        "page by relevance": page("relevance", none),
        "counts": lambda query: counts(db, query, none),
    }
    return asks | {f"page in {name}": page("best", within) for name, within in filters.items()}


def side_by_side(
    console: Console, db: sqlite3.Connection, stock: Database, meter: Meter
) -> dict[str, float]:
    """Show hits and times of three searches for the same ten queries; return the median times."""
    plain = stock.conn
    asks: dict[str, Ask] = {
        "this": lambda query: search(db, Wanted(query)),
        "Datasette": lambda query: ask_datasette(plain, query),
        "sqlite-utils": lambda query: _or_error(lambda: ask_sqlite_utils(stock, query)),
    }
    times = meter.times_of(asks, {"": ASKED_BESIDE})
    columns = [f"{name}: {what}" for name in asks for what in ("hits", "ms")]
    shown = table("the same ten queries, a page of each", "query", *columns)
    for query in ASKED_BESIDE:
        hits = _hits(db, plain, query)
        both = zip(hits, (times[name, "", query] for name in asks), strict=True)
        shown.add_row(query, *chain.from_iterable((found, f"{ms:.1f}") for found, ms in both))
    console.print(shown)
    return {name: median(ms for task, ms in times.items() if task[0] == name) for name in asks}


def _hits(db: sqlite3.Connection, stock: sqlite3.Connection, query: str) -> list[str]:
    whole = everything(parse(query), Filters())
    ours = f"{count(db, whole, 10**9):,}"
    datasette = f"{ask_datasette(stock, query):,}"
    plain = _or_error(lambda: f"{stock.execute(STOCK_COUNT, [query]).fetchone()[0]:,}")
    return [ours, datasette, plain]


def _or_error(work: Callable[[], Any]) -> Any:
    """What the work gives; sqlite-utils hands what was typed to FTS5 as it is, which may refuse it."""
    try:
        return work()
    except sqlite3.OperationalError:
        return "error"


def sizes(console: Console, db: sqlite3.Connection) -> tuple[float, float]:
    """Show the sizes; return index and suggestions as parts of the text."""
    measure = "SELECT sum(length(CAST(title AS BLOB)) + length(CAST(body AS BLOB))) FROM texts"
    text = db.execute(measure).fetchone()[0]
    parts = {"text": text}
    parts |= {name: _pages(db, f"{name}\\_%") for name in ("search", "suggestions")}
    shown = table("size", "what", "MB", "of the text")
    for name, size in parts.items():
        shown.add_row(name, f"{size / 1e6:,.0f}", f"{size / text:.3f}")
    console.print(shown)
    return parts["search"] / text, parts["suggestions"] / text


def _pages(db: sqlite3.Connection, like: str) -> float:
    """Bytes of the pages of the tables so named; not a number where SQLite has no dbstat."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? ESCAPE '\\'"
    size = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name = ?"
    tables = [row[0] for row in db.execute(names, [like]).fetchall()]
    try:
        return float(sum(db.execute(size, [name]).fetchone()[0] or 0 for name in tables))
    except sqlite3.OperationalError:
        return math.nan


def compare(console: Console, folder: Path, built: Built, meter: Meter) -> None:
    stock_built = build_stock(folder, built.articles, meter)
    _show_building(console, built, stock_built)
    with closing(open_database(folder, writable=False)) as db:
        known = sampled(db)
        filters = filters_within(db)
        times = meter.times_of(asks_of(db, filters), queries_from(known))
        asks: dict[str, Ask] = {"suggestion": lambda query: suggest(db, query)}
        times |= meter.times_of(asks, prefixes(known))
        show_times(console, times)
        dearest = filter_ratios(console, times, filters)
        _show_without_query(console, db, filters, meter)
        beside = side_by_side(console, db, Database(folder / "stock.db"), meter)
        index, suggestions = sizes(console, db)
    figures = [
        *figures_of(times, built.articles),
        Figure("with filters / without, p95", 1.2, dearest),
        Figure("index / text", 1.1, index),
        Figure("suggestions / text", 0.15, suggestions),
        Figure("articles indexed per second", 2000, built.rate, is_floor=True),
    ]
    show_figures(console, figures, built.articles)
    for name in ("Datasette", "sqlite-utils"):
        ratio = beside["this"] / beside[name]
        console.print(f"a page of this search / of {name}, median: {ratio:.2f}")


def _show_building(console: Console, built: Built, stock: Built) -> None:
    if math.isnan(built.rate):
        console.print(f"{built.articles:,} articles, built before")
        return
    each = f"{1e6 / built.rate:,.0f} µs each, {1e6 * built.spelling:,.0f} of them before writing"
    console.print(f"indexed {built.rate:,.0f} articles/s: {each}")
    ratio = f"{built.rate / stock.rate:.2f}"
    console.print(f"a stock FTS5 table of the same: {stock.rate:,.0f} articles/s; ratio {ratio}")


def _show_without_query(
    console: Console, db: sqlite3.Connection, filters: dict[str, Filters], meter: Meter
) -> None:
    """Filters alone are a search too."""
    by_name = filters | {"none": Filters(), "since": replace(filters["a year"], until=None)}
    page: dict[str, Ask] = {
        "page without a query": lambda name: search(db, Wanted("", by_name[name])),
        "counts without a query": lambda name: counts(db, "", by_name[name]),
    }
    show_times(console, meter.times_of(page, {"filter": list(by_name)}))


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
@click.option("--rounds", default=5, show_default=True, help="Times each query is asked.")
@click.option(
    "--cpu", is_flag=True, help="Count processor time: steady where others use the machine."
)
def main(articles: int, corpus: Path | None, folder: Path | None, rounds: int, cpu: bool) -> None:
    """Measure the search against its figures and beside stock Datasette and sqlite-utils."""
    meter = Meter(rounds, time.process_time if cpu else time.perf_counter)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        compare(Console(), place, built_in(place, articles, corpus, meter), meter)


if __name__ == "__main__":
    main()
