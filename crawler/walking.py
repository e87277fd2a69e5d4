"""Which listings a run reads, and how deep: until they overlap with what is known, or leave the period asked for."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from archive.dates import now, vietnamese_day
from archive.model import Found
from archive.store.urls import Entry, Urls
from crawler.discovery import Listing
from crawler.newspapers import baolamdong as newspaper
from crawler.plan import Plan

DAYS_BACK: Final = 7  # how far the first run on an empty archive reads
_UNDATED_PAGES: Final = 5  # of a list that never says when, on the first walk
_DEEPEST: Final = {"newest": 40, "backfill": 2000, "given": 1}
_MOST_LISTS: Final = 50  # feeds and as many sections: with sitemaps and re-checks a quiet run stays under 150 requests
_OTHER_SITEMAPS: Final = ("category", "event", "tag", "topic", "image", "video", "author", "page")


@dataclass(slots=True)
class Walk:
    """A listing and the pages behind it, read in this run."""

    root: str
    kind: str  # front, feeds, feed, index, sitemap, section
    began_at: datetime
    known_until: str | None = None  # the last walk that reached what was known began then
    pages: int = 0
    seen: set[str] = field(default_factory=set)
    last_keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Step:
    """One page of a walk, to be asked for."""

    url: str
    walk: Walk

    @property
    def is_deep(self) -> bool:
        """Whether it is a further page of a list; those come after the articles found so far."""
        return self.url != self.walk.root


class Walking:
    """The listings of a run: what to read next. Knows the frontier's `urls`, not the network."""

    def __init__(self, plan: Plan, urls: Urls) -> None:
        self._plan, self._urls = plan, urls
        self._begun: set[str] = set()
        self._counts = {"feed": 0, "section": 0}
        self.steps: deque[Step] = deque()
        self.deep: deque[Step] = deque()
        self._ended: list[Walk] = []
        self._incomplete = False

    def begin(self) -> None:
        """Queue where discovery begins; given addresses need none."""
        if self._plan.given or (self._plan.indexed and not self._plan.since):
            return
        if self._plan.sections:
            for section in self._plan.sections:
                self._add(f"{newspaper.ORIGIN}/rss/{section}", "feed")
                self._add(f"{newspaper.ORIGIN}/{section}", "section")
            return
        self._add(newspaper.FRONT_PAGE, "front")
        self._add(newspaper.FEED_LIST, "feeds")
        self._add(newspaper.SITEMAP, "index")

    def add_sitemaps(self, urls: list[str]) -> None:
        """Queue the sitemaps robots.txt names."""
        if not self._plan.given and not self._plan.sections:
            for url in urls:
                self._add(url, "index")

    def _add(self, url: str, kind: str) -> None:
        if url in self._begun or self._counts.get(kind, 0) >= _MOST_LISTS:
            return
        self._begun.add(url)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self.steps.append(Step(url, Walk(url, kind, now())))

    def starts(self, step: Step, entry: Entry) -> None:
        """Note what is known of the walk's root when its first page is asked for."""
        if not step.is_deep:
            step.walk.known_until = entry.walked_at

    def conditional(self, step: Step) -> bool:
        """A list is asked for conditionally once a walk of it came to its end: unchanged then means nothing new."""
        return (
            step.walk.known_until is not None and not step.is_deep and self._plan.kind == "newest"
        )

    def read(self, step: Step, listing: Listing) -> None:
        """Take in what a page shows: queue the lists it names and decide on the page after it."""
        walk = step.walk
        walk.pages += 1
        if walk.kind in {"front", "feeds"}:
            self._lists(walk, listing)
        for url, first, _ in self._wanted_sitemaps(listing):
            self._add(url, "sitemap" if first else "index")
        if walk.kind == "section" and listing.next_page:
            keys = [link.key for link in listing.links]
            if self._goes_on(walk, keys):
                walk.last_keys = keys
                self.deep.append(Step(listing.next_page, walk))
                return
        self._ended.append(walk)

    def _lists(self, walk: Walk, listing: Listing) -> None:
        for feed in listing.feeds:
            self._add(feed, "feed")
        if walk.kind == "front":
            known = [
                path
                for path in listing.sections
                if path.removeprefix(f"{newspaper.ORIGIN}/") in newspaper.SECTIONS
            ]
            for section in dict.fromkeys([*known, *listing.sections]):
                self._add(section, "section")

    def missing_lists(self) -> None:
        """Where the newspaper's own lists could not be had, fall back on the sections known."""
        if self._plan.sections or self._plan.kind == "given" or not self._begun:
            return
        if not self._counts["section"]:
            for path in newspaper.SECTIONS_TODAY:
                self._add(f"{newspaper.ORIGIN}/{path}", "section")
        if not self._counts["feed"]:
            for path in newspaper.SECTIONS_TODAY:
                self._add(f"{newspaper.ORIGIN}/rss/{path}", "feed")

    def _wanted_sitemaps(self, listing: Listing) -> list[tuple[str, date | None, date | None]]:
        maps = [each for each in listing.sitemaps if newspaper.is_own(each[0])]
        named = [
            each
            for each in maps
            if not any(word in each[0].rsplit("/", 1)[-1] for word in _OTHER_SITEMAPS) or each[1]
        ]
        if self._plan.kind == "backfill":
            return [each for each in named if self._plan.overlaps(each[1], each[2])]
        today = vietnamese_day(now())
        newest = max((each[2] for each in named if each[2] and each[2] <= today), default=today)
        horizon = newest - timedelta(days=self._days_back())
        return [each for each in named if each[2] is None or each[2] >= horizon]

    def _days_back(self) -> int:
        """Seven days on an empty archive; else back to the last walk, and two days in any case."""
        entry = self._urls.entry(newspaper.SITEMAP)
        if entry is None or entry.walked_at is None:
            return DAYS_BACK - 1
        return min(60, (now() - datetime.fromisoformat(entry.walked_at)).days + 1)

    def _goes_on(self, walk: Walk, keys: list[str]) -> bool:
        """Whether the page after one with these articles is needed. Overlap with what was known ends a walk."""
        new = set(keys) - walk.seen
        walk.seen |= new
        if not new or walk.pages >= _DEEPEST[self._plan.kind]:
            return False
        if self._plan.kind == "newest" and walk.known_until:
            return not self._urls.known_before(keys, walk.known_until)
        return True

    def is_needed(self, step: Step) -> bool:
        """Decide on a further page once the articles of the one before it were fetched, and so have their day."""
        walk = step.walk
        if not step.is_deep or (self._plan.kind == "newest" and walk.known_until):
            return True
        days = self._urls.days_of(walk.last_keys)
        if not days:
            return walk.pages < _UNDATED_PAGES or self._plan.kind == "backfill"
        return max(days) >= self._horizon()

    def _horizon(self) -> str:
        if self._plan.kind == "backfill":
            return (self._plan.since or date.min).isoformat()
        newest = self._urls.newest_day(vietnamese_day(now()).isoformat())
        return (
            (date.fromisoformat(newest) - timedelta(days=DAYS_BACK)).isoformat() if newest else ""
        )

    def ended(self, step: Step) -> None:
        """Note that a walk needs no further page, or that its list is unchanged."""
        self._ended.append(step.walk)

    def failed(self, step: Step) -> None:
        """Note that a page could not be read: its walk has not come to its end."""
        self._incomplete |= step.walk.kind in {"index", "sitemap"}

    def close(self) -> None:
        """Remember which walks reached what was known; the next run reads only from there.

        Only at a run's end: after a kill the next run walks again, so that nothing between is missed.
        The index of sitemaps counts only when all of its sitemaps were read.
        """
        if self._plan.kind != "newest" or self._plan.sections:
            return
        complete = not (self._incomplete or self.steps or self.deep)
        for walk in self._ended:
            if complete or walk.kind not in {"index", "sitemap"}:
                self._urls.walked_root(walk.root, walk.began_at)


def wanted(plan: Plan, listing: Listing) -> list[Found]:
    """Return the articles a listing shows, those outside the period asked for marked as not wanted."""
    if plan.kind != "backfill":
        return list(listing.links)
    days = [link.dated for link in listing.links if link.dated]
    near = not days or plan.overlaps(min(days), max(days))
    return [
        replace(link, wanted=_in_period(plan, link.url, link.dated) if link.dated else near)
        for link in listing.links
    ]


def _in_period(plan: Plan, url: str, day: date) -> bool:
    """An older address tells only its month: any day of it may be the one."""
    address = newspaper.article_address(url)
    if address and address.month and day.strftime("%Y%m") == address.month:
        return plan.overlaps(day.replace(day=1), day)
    return plan.wants(day)
