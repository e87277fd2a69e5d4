"""Check, then store: the way every look takes into the archive."""

import sqlite3
from datetime import timedelta
from typing import Any, Final, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.model import Look, Outcome
from archive.store.rechecks import pause
from crawler.waiting import wait_before

MISSED: Final = frozenset({Outcome.REFUSED, Outcome.FAILED, Outcome.UNREACHABLE})


class Check:
    """Refuses what cannot be an article as read: it is kept as a look without one, the capture stands."""

    def process_item(self, look: Look) -> Look:
        """Return the look; its article is taken off where it has no title or neither text nor pictures."""
        article = look.article
        if article is not None and not article.title.strip():
            look.article, look.outcome, look.detail = (
                None,
                Outcome.NO_ARTICLE,
                "no article found: no title",
            )
        return look


class Store:
    """Keeps each look in the archive and tells the run what came of it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, look: Look) -> Look:
        """Keep the look. Raises DropItem where the archive cannot be written; the run then stops."""
        spider: Any = self.crawler.spider
        try:
            change = keep(spider.archive, look, spider.delay)
        except (sqlite3.Error, OSError) as error:
            spider.stop_for(error)
            raise DropItem(f"the archive cannot be written: {error}") from error
        spider.frontier.answered(look, change)
        return look


def keep(archive: Any, look: Look, delay: float) -> str | None:
    """Keep a look, answered or not; return what became of its article: new, changed, unchanged or None."""
    is_list = archive.urls.is_listing(look.url_id)
    is_barred = look.outcome is Outcome.FORBIDDEN and archive.urls.is_wanted(look.url_id)
    if look.outcome not in MISSED and not is_barred:
        change: str | None = archive.keep(look)
        return change
    wait = wait_before(archive.urls.attempts(look.url_id) + 1, delay, look.wait)
    if is_list:
        wait = look.wait or 0.0
    elif look.is_final or is_barred:
        wait = max(wait, pause(archive.urls.times(look)).total_seconds())
    archive.miss(look, timedelta(seconds=wait), final=look.is_final or is_barred)
    return None
