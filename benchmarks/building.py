"""An archive of any number of articles, built as the product builds it."""

import math
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import click
from corpus import NAMES, ONSETS, Story, listed, made_stories, read_corpus, recombined
from metering import Meter
from rich.progress import track

from archive.dates import timestamp
from archive.model import Article, Block
from archive.reading import same_text
from archive.store.articles import Articles
from archive.store.index import Index, indexed_text
from archive.store.opening import open_database
from archive.vietnamese import spellings

LAST_DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, tzinfo=UTC)
FEWEST, MOST = 60, 100  # articles of a day
BATCH = 1000  # articles of a transaction
SECTIONS = listed("""
    thoi-su;kinh-te;kinh-te/nong-nghiep;kinh-te/du-lich;xa-hoi;xa-hoi/giao-duc;xa-hoi/y-te;van-hoa
    ;van-hoa/di-san;phap-luat;the-thao;quoc-te;ban-doc;chinh-tri;chinh-tri/xay-dung-dang;khoa-hoc
    ;moi-truong;quoc-phong;dat-va-nguoi;phong-su
""")
KINDS = ("news", "news", "news", "photo", "video", "magazine")
AUTHORS = [f"{family} {given}" for family in ("Ngọc", "Minh", "Thu", "Văn") for given in ONSETS]


@dataclass
class Built:
    """Seconds it took to index so many articles; of each, those before anything is written."""

    articles: int
    seconds: float = 0.0
    spelling: float = 0.0

    @property
    def rate(self) -> float:
        """Articles indexed per second."""
        return self.articles / self.seconds if self.seconds else math.nan


def built_in(folder: Path, many: int, corpus: Path | None, meter: Meter) -> Built:
    """Use the archive of a folder, or build it there. Raises ClickException where it is of another size."""
    folder.mkdir(parents=True, exist_ok=True)
    there = articles_in(folder)
    if there not in (0, many):
        raise click.ClickException(f"{folder} holds {there} articles; name another folder.")
    if there:
        return Built(many)
    return build(folder, read_corpus(corpus) if corpus else made_stories(), many, meter)


def dated(stories: Iterable[Story], many: int) -> Iterator[tuple[int, Article]]:
    """Articles with their ids, which rise with the day; within a day any may be the latest."""
    dice = random.Random(3)
    day, number = LAST_DAY - timedelta(days=2 * many // (FEWEST + MOST)), 0
    left = dice.randint(FEWEST, MOST)
    for story in stories:
        if number == left:
            day, number, left = day + timedelta(days=1), 0, dice.randint(FEWEST, MOST)
        number += 1
        article_id = int(f"{day:%Y%m%d}") * 10_000 + number
        yield article_id, _article(article_id, day, story, dice)


def _article(article_id: int, day: date, story: Story, dice: random.Random) -> Article:
    title, lines = story
    section = dice.choice(SECTIONS)
    return Article(
        f"https://baolamdong.vn/bai-{article_id}.html",
        title,
        "onecms",
        blocks=[Block("p", text=line) for line in lines],
        authors=dice.sample(AUTHORS, dice.randint(0, 2)),
        tags=dice.sample(NAMES, dice.randint(0, 3)),
        section=section,
        section_slug=section,
        published_at=f"{day}T{dice.randint(5, 22):02}:{dice.randint(0, 59):02}:00+07:00",
        published_precision="minute",
        kind=dice.choice(KINDS),
    )


def build(folder: Path, stories: list[Story], many: int, meter: Meter) -> Built:
    """Make an archive of so many articles in a folder; time the product's own indexing alone."""
    built, batch = Built(many), {}
    with closing(open_database(folder, writable=True)) as db:
        db.execute(
            "INSERT INTO captures (id, url, fetched_at, status, warc, offset, length, digest)"
            " VALUES (1, '', ?, 200, '', 0, 0, '')",
            [timestamp(AT)],
        )
        index = Index(db)
        made = dated(recombined(stories, many), many)
        for _ in track(range(0, many, BATCH), f"{many:,} articles"):
            batch = dict(islice(made, BATCH))
            _put(db, Articles(db, index), batch)
            built.seconds += meter.seconds_of(partial(_index, db, index))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    built.spelling = meter.seconds_of(partial(_spell, batch)) / len(batch)
    return built


def _put(db: sqlite3.Connection, articles: Articles, batch: dict[int, Article]) -> None:
    db.execute("BEGIN IMMEDIATE")
    for article_id, article in batch.items():
        articles.put(article_id, article, same_text(article), 1, AT)
    db.execute("COMMIT")


def _index(db: sqlite3.Connection, index: Index) -> None:
    db.execute("BEGIN IMMEDIATE")
    index.write()
    db.execute("COMMIT")


def _spell(batch: dict[int, Article]) -> None:
    """Only what indexing does before it writes."""
    for article_id, article in batch.items():
        text = indexed_text(article_id, article)
        spellings(text.title)
        spellings(text.body)


def articles_in(folder: Path) -> int:
    """How many articles a folder holds that was built before."""
    if not (folder / "archive.db").exists():
        return 0
    with closing(open_database(folder, writable=False)) as db:
        return int(db.execute("SELECT count(*) FROM texts").fetchone()[0])
