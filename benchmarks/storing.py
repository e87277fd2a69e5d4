"""A process that stores new articles one by one, as a crawl does, while others read."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from building import dated
from corpus import made_stories

from archive.model import Article, Capture, Found, Look, Outcome
from archive.store import Archive

EVERY = 0.2  # seconds between two articles
STORIES = 2000  # that are stored in turn


@contextmanager
def storing(folder: Path) -> Iterator[Any]:
    """Store articles until the block ends; give a counter whose `value` is how many there are so far."""
    own = multiprocessing.get_context("spawn")
    ended, stored = own.Event(), own.Value("i", 0)
    process = own.Process(target=_store, args=(folder, ended, stored))
    process.start()
    try:
        yield stored
    finally:
        ended.set()
        process.join()


def _store(folder: Path, ended: Any, stored: Any) -> None:
    articles = [article for _, article in dated(made_stories(STORIES), STORIES)]
    with Archive(folder) as archive:
        while not ended.wait(EVERY):
            number = stored.value
            url = f"https://baolamdong.vn/new-{number}-{900_000 + number}.html"
            _store_one(archive, replace(articles[number % STORIES], url=url))
            stored.value += 1


def _store_one(archive: Archive, article: Article) -> None:
    """What a crawl does for a page: its address, then the bytes, then all rows in a transaction."""
    at = datetime.now(UTC)
    [url_id] = archive.found([Found(article.url, article.url, article.url, "article")], at)
    body = "\n".join(block.text or "" for block in article.blocks).encode()
    place, digest = archive.warc.append_exchange(
        url=article.url, fetched_at=at, status=200, headers=(), body=body
    )
    capture = Capture(article.url, at, 200, place, digest, "text/html")
    archive.keep(Look(url_id, at, Outcome.LIVE, 200, capture, article))
    archive.settle(at_once=True)
