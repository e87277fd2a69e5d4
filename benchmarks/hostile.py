"""Generated queries against a large archive: none may fail, none may take a second.

    python benchmarks/hostile.py --folder DIR --queries 100000

DIR is an archive that `benchmarks/search.py --folder DIR` built. A fifth of the queries are drawn by
hypothesis from all of Unicode, the others put together of what is nasty, what the titles there have,
and what stands between. Each is asked as a page by one of the three orders, and as a suggestion.
"""

import random
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

import click
from hypothesis import strategies as st
from hypothesis.errors import NonInteractiveExampleWarning

from archive.search import SORTS, Wanted, search, suggest
from archive.store.opening import open_database

NASTY = (
    *('"', "“", "'", "(", ")", "*", "^", ":", "{", "}", "+", "-", "/", ".", "%", "_", "\\", "\n"),
    *("NEAR(", "NEAR", "AND", "OR", "NOT", "words:", "zzall", "zzgap", "--", ";", "' OR 1=1 --"),
    *("\x00", "\u200b", "\u202e", "\u0301", "\ud800", "🌸", "한", "İ", "ﬁ", "²", "١", "-"),
    *("30/4", "1.234", "ĐT.725", "K'Ho", "cơ ho", "Đắk Lắk", "covid-19", "rô m"),
)
LONGEST = 1.0  # seconds
EACH = 100  # queries of one draw


def generated(titles: list[str], seed: int) -> Iterator[str]:
    """Yield queries without end."""
    dice, drawn = random.Random(seed), _drawn()
    while True:
        yield next(drawn)
        for _ in range(4):
            yield _put_together(dice, titles)


def _put_together(dice: random.Random, titles: list[str]) -> str:
    pieces = []
    for _ in range(dice.choice((1, 2, 3, 5, 8, 60))):
        words = dice.choice(titles).split()
        start = dice.randrange(len(words))
        run = " ".join(words[start : start + dice.randint(1, 4)])
        pieces.append(dice.choice((run, run.lower(), dice.choice(NASTY), f"-{run}", f'"{run}"')))
    return dice.choice(("", " ")).join(pieces)[: dice.choice((20, 80, 5000))]


def _drawn() -> Iterator[str]:
    """Texts of any characters: hypothesis gives few at a time, so lists are drawn."""
    texts = st.lists(st.text(st.characters(exclude_categories=[])), min_size=EACH)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NonInteractiveExampleWarning)
            yield from texts.example()


@click.command()
@click.option("--folder", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--queries", default=100_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(folder: Path, queries: int, seed: int) -> None:
    """Ask an archive so many generated queries; end with status 1 where one took a second."""
    with closing(open_database(folder, writable=False)) as db:
        rows = db.execute("SELECT title FROM texts ORDER BY id DESC LIMIT 5000")
        titles = [row["title"] for row in rows if row["title"].strip()]
        took = []
        asked = zip(islice(generated(titles, seed), queries), cycle(SORTS), strict=False)
        for text, sort in asked:
            began = time.perf_counter()
            search(db, Wanted(text, sort=sort))
            suggest(db, text)
            took.append((time.perf_counter() - began, sort, text))
    took.sort(reverse=True)
    seconds = [each[0] for each in took]
    middle, high = seconds[len(seconds) // 2], seconds[len(seconds) // 20]
    click.echo(
        f"{queries:,} queries, no error; median {1000 * middle:.1f} ms, p95 {1000 * high:.1f}"
    )
    for each, sort, text in took[:5]:
        click.echo(f"  {1000 * each:,.0f} ms by {sort}: {text[:80]!r}")
    raise SystemExit(seconds[0] > LONGEST)


if __name__ == "__main__":
    main()
