"""Search as a reader types: the table of queries, order, filters, answers, and the index kept true."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.model import Article, Block, Capture, Look, Outcome
from archive.search import Wanted, search
from archive.store import Archive
from archive.store.opening import open_database
from crawler.links import found

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "search.jsonl").read_text("utf-8").splitlines()
]


def article(title: str, body: str = "", **fields: object) -> Article:
    number = abs(hash((title, body))) % 10**6
    made = Article(
        f"https://baolamdong.vn/bai-{number}.html",
        title,
        "onecms",
        blocks=[Block("p", text=body)] if body else [],
        kind="news",
        language="vi",
        published_at="2026-09-01T08:00:00+07:00",
        published_precision="minute",
    )
    return replace(made, **fields)


def keep(archive: Archive, one: Article) -> None:
    url = found(one.url, None)
    assert url is not None
    archive.found([url], AT)
    place, digest = archive.warc.append_exchange(
        url=one.url,
        fetched_at=AT,
        status=200,
        headers=[],
        body=one.title.encode(),
        request_headers=[],
    )
    entry = archive.urls.entry(url.key)
    assert entry is not None
    capture = Capture(one.url, AT, 200, place, digest)
    archive.keep(Look(entry.id, AT, Outcome.LIVE, 200, capture, one))


@pytest.fixture
def made(tmp_path):
    """Return a function that makes an archive of articles and opens it to search."""
    opened: list[sqlite3.Connection] = []

    def make(*articles: Article) -> sqlite3.Connection:
        with Archive(tmp_path) as archive:
            for one in articles:
                keep(archive, one)
        opened.append(open_database(tmp_path, writable=False))
        return opened[-1]

    yield make
    for db in opened:
        db.close()


def titles(db: sqlite3.Connection, text: str, **wanted: object) -> list[str]:
    return [hit.title for hit in search(db, Wanted(text, **wanted)).hits]
