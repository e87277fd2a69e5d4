"""A listing and the pages behind it, read in one run: a walk, and its steps."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Self

from archive.dates import vietnamese_day
from archive.model import Found, Outcome
from crawler.discovery import Listing
from crawler.feeds import days_of_file
from crawler.newspapers import baolamdong as newspaper

# Kinds of sitemaps that list no articles.
_OTHER: Final = ("category", "event", "tag", "topic", "image", "video", "author", "page")


@dataclass(slots=True, frozen=True)
class Sitemap:
    """The file of a sitemap with the days of publication its name tells, both None where it tells none."""

    url: str
    first: date | None
    last: date | None

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the sitemap at an address."""
        return cls(url, *days_of_file(url))

    def covers(self, day: date) -> bool:
        """Return whether its name says that it lists the articles of a day."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last


@dataclass(slots=True)
class Walk:
    """A listing and the pages behind it, read in this run."""

    root: str
    kind: str  # front, feeds, feed, index, sitemap, section
    began_at: datetime
    sitemap: Sitemap | None = None
    is_fresh: bool = False  # for the newest articles, within a run into the past
    known_until: str | None = None  # the last walk that came to its end began then
    pages: int = 0
    seen: set[str] = field(default_factory=set)
    last_keys: list[str] = field(default_factory=list)
    is_over: bool = False  # it came to its end
    is_whole: bool = False  # the list has no further page
    reaches: bool = True  # down to what was known, or out of the period asked for
    failed: Outcome | None = None

    @property
    def section(self) -> str | None:
        """The section it lists, in today's spelling."""
        return newspaper.listed_section(self.root) if self.kind in {"feed", "section"} else None

    def links(self, listing: Listing) -> list[Found]:
        """Return the articles a page of it shows, with the section that announces them."""
        section = self.section
        return (
            [replace(link, section=section) for link in listing.links] if section else listing.links
        )

    def period(self, since: date | None) -> tuple[date, date]:
        """Return the first and last day of publication it is to show, from `since` where nothing was known."""
        if self.sitemap and self.sitemap.first and self.sitemap.last:
            return self.sitemap.first, self.sitemap.last
        today = vietnamese_day(self.began_at)
        if self.known_until:
            return vietnamese_day(datetime.fromisoformat(self.known_until)), today
        return since or today, today


@dataclass(slots=True)
class Step:
    """One page of a walk, to be asked for."""

    url: str
    walk: Walk

    @property
    def is_deep(self) -> bool:
        """Whether it is a further page of a list; those come after the articles found so far."""
        return self.url != self.walk.root


def sitemaps_of(listing: Listing) -> list[Sitemap]:
    """Return the sitemaps a listing names that may list articles."""
    named = (Sitemap(*each) for each in listing.sitemaps)
    return [each for each in named if each.first or not _is_other(each.url)]


def _is_other(url: str) -> bool:
    return any(word in url.rsplit("/", 1)[-1] for word in _OTHER)
