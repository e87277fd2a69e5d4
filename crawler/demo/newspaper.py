"""The sample newspaper: what it answers, what it can be made to do, and the truth about it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import quote

from archive.addresses import split
from crawler.demo.answers import Answer
from crawler.demo.catalogue import Catalogue
from crawler.demo.filler import Filler
from crawler.demo.library import load
from crawler.demo.listings import LONG_PAGES, Listings, Sizes
from crawler.demo.pages import Pages
from crawler.demo.site import Site
from crawler.demo.stamp import Stamp
from crawler.demo.story import (
    FOREIGN_IMAGE_HOST,
    HOST,
    IMAGE_HOST,
    REPUBLISHER,
    VIETNAM,
    Story,
    key,
)
from crawler.demo.troubles import (
    BROKEN,
    PASSING,
    Trouble,
    broken_entries,
    missing,
    to_front_page,
)

NEWSPAPER_HOSTS = (HOST, f"admin.{HOST}")
SETTLED = timedelta(hours=8)  # all of today's stories are older than eight in the morning
Loss = Literal["404", "410", "soft-404", "front-page"]
LOSSES: dict[Loss, Callable[[Pages], Answer]] = {
    "404": missing,
    "410": partial(missing, status=410),
    "soft-404": partial(missing, status=200),
    "front-page": to_front_page,
}


class SampleNewspaper:
    """A newspaper that answers as the real one does, with stories whose truth is known.

    `today` dates the newest stories (the Vietnamese day of eight hours ago unless given),
    `troubles` False leaves every address well, `filler` adds so many made-up articles with pages
    of about `filler_size` bytes, `crawl_delay` (seconds) goes into robots.txt. It may be edited
    while it serves. Methods that take the address of an article raise KeyError where it
    holds none there.
    """

    hosts: tuple[str, ...] = (
        HOST,
        f"www.{HOST}",
        f"admin.{HOST}",
        IMAGE_HOST,
        REPUBLISHER,
        FOREIGN_IMAGE_HOST,
    )

    def __init__(
        self,
        today: date | None = None,
        troubles: bool = True,
        filler: int = 0,
        filler_size: int = 0,
        crawl_delay: float | None = None,
    ) -> None:
        self.today = today or (datetime.now(VIETNAM) - SETTLED).date()
        self._lock = threading.RLock()
        self._pages = Pages(self.today)
        loaded = list(load(self.today))
        self.republished = [story for story in loaded if story.generation == "republished"]
        own = [story for story in loaded if story.generation != "republished"]
        made = Filler(filler, self.today)
        self._catalogue = Catalogue(own, made, broken_entries(self.today) if troubles else ())
        self._listings = Listings(
            self._catalogue, self._pages, crawl_delay, LONG_PAGES if filler else Sizes()
        )
        self._stamp = Stamp(self._pages, made, filler_size)
        self._site = Site(
            self._pages, self._catalogue, self._listings, self._stamp, self.republished
        )
        self._lost: set[str] = set()
        self._broken = BROKEN if troubles else ()
        self._site.special |= {key(broken.path): broken.answer for broken in self._broken}
        self._troubles: dict[str, tuple[Trouble, int | None]] = {}
        if troubles:
            self._troubles |= {key(s.path): PASSING[s.trouble] for s in own if s.trouble}

    @property
    def stories(self) -> list[Story]:
        """Every story the newspaper holds now; filler and copies elsewhere left out."""
        return self._catalogue.stories

    def article_urls(self) -> list[str]:
        """Return the canonical addresses a complete crawl must hold, filler included."""
        return [f"https://{HOST}{path}" for path in self._catalogue.article_paths()]

    def expected(self, url: str) -> dict[str, Any]:
        """Return the truth about the article at a canonical address."""
        return self._catalogue.get(_path(url)).expected()

    def gone(self) -> list[str]:
        """Return the addresses that answer 404, 410, a soft 404 or with the front page."""
        lost = [f"https://{HOST}{quote(path)}" for path in sorted(self._lost)]
        return [url for url, why in self.broken().items() if why == "gone"] + lost

    def broken(self) -> dict[str, str]:
        """Return the listed addresses that lead to no article, and why: see `troubles.Broken`."""
        return {f"https://{HOST}{broken.path}": broken.why for broken in self._broken}

    def redirects(self) -> dict[str, str]:
        """Return the addresses that redirect to an article, with its canonical address."""
        moved = ((old, story) for story in self.stories for old in story.moved_from)
        return {f"https://{HOST}{old}": story.url for old, story in moved}

    def page(self, story: Story, skeleton: str | None = None) -> str:
        """Return the page of any story, in another skeleton of `pages.SKELETONS` if named."""
        return self._site.story_page(story, skeleton)

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request; `path` holds the query, `headers` change nothing."""
        del headers
        with self._lock:
            if host in NEWSPAPER_HOSTS:
                return self._afflicted(path)
            if host == REPUBLISHER:
                return self._site.republisher(path)
            if host == f"www.{HOST}":
                return Answer.redirect(f"https://{HOST}{path}")
            return self._site.picture(f"https://{host}{path}")

    def edit(self, url: str, **changes: Any) -> Story:
        """Change fields of a story (`text`, `title`, `lead`, …) and return it as it is now."""
        with self._lock:
            story = replace(self._catalogue.get(_path(url)), **changes)
            return self.publish(story)

    def publish(self, story: Story) -> Story:
        """Add a story to pages, listings and sitemaps; one with the same path is replaced."""
        with self._lock:
            story = replace(story, touched_at=self._tick())
            self._return(key(story.path))
            self._catalogue.add(story)
            self._site.changed()
            return story

    def remove(self, url: str, how: Loss = "404") -> None:
        """Take an article out of the listings; its addresses then answer in the way named."""
        with self._lock:
            story = self._catalogue.get(_path(url))
            self._lost |= {key(path) for path in story.paths}
            self._site.special |= {key(path): LOSSES[how] for path in story.paths}
            self._tick()
            self._catalogue.drop(story.path)
            self._site.changed()

    def move(self, url: str, to: str) -> Story:
        """Give an article another canonical address; the old ones redirect to it."""
        with self._lock:
            story = self._catalogue.get(_path(url))
            self._catalogue.drop(story.path)
            old = (*story.moved_from, story.path)
            return self.publish(replace(story, path=_path(to), moved_from=old, listed=()))

    def disturb(self, url: str, trouble: Trouble, times: int | None = None) -> None:
        """Let any address answer with a trouble, so many times (None: from now on)."""
        with self._lock:
            self._troubles[key(_path(url))] = (trouble, times)

    def redecorate(self) -> None:
        """Change the furniture of every page (the most-read box); no article changes."""
        with self._lock:
            self._pages.season += 1
            self._stamp.renew()
            self._site.changed()

    def _tick(self) -> datetime:
        # Last-Modified has whole seconds: two edits within one must still differ.
        now = datetime.now(UTC).replace(microsecond=0)
        self._listings.changed_at = max(now, self._listings.changed_at + timedelta(seconds=1))
        return self._listings.changed_at

    def _return(self, name: str) -> None:
        self._lost.discard(name)
        if name not in {key(broken.path) for broken in self._broken}:
            self._site.special.pop(name, None)

    def _afflicted(self, path: str) -> Answer:
        answer = self._site.answer(path)
        trouble, left = self._troubles.get(key(path), (None, None))
        if trouble is None or left == 0:
            return answer
        self._troubles[key(path)] = (trouble, None if left is None else left - 1)
        return trouble(answer)


def _path(url: str) -> str:
    parts = split(url)
    if parts is None:
        raise KeyError(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
