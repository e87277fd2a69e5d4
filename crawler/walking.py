"""Which listings a run reads, and how deep: until they overlap with what is known, or leave the period asked for."""

from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from archive.dates import now, timestamp, vietnamese_day
from archive.model import Outcome
from archive.store.coverage import Coverage
from archive.store.urls import Entry, Urls
from crawler.discovery import Listing
from crawler.horizon import Horizon
from crawler.newspapers import baolamdong as newspaper
from crawler.overlap import Overlap
from crawler.plan import Plan
from crawler.walks import Sitemap, Step, Walk, sitemaps_of

_UNDATED_PAGES: Final = 5  # of a list that never says when, on the first walk
_DEEPEST: Final = {"newest": 40, "backfill": 2000, "given": 1}
_MOST_LISTS: Final = 50  # feeds and as many sections: with sitemaps and re-checks a quiet run stays under 150 requests
_MOST_FILES: Final = 10  # sitemaps of one and the same days; of different days as many as there are
_AGAIN: Final = 20  # sitemaps that failed before, in one run
_FRESH: Final = timedelta(minutes=30)  # a run into the past looks at the newest articles so often
_NEWEST: Final = frozenset({"front", "feeds", "feed"})


class Walking:
    """The listings of a run: what to read next. Knows the frontier's `urls`, not the network."""

    def __init__(self, plan: Plan, urls: Urls, coverage: Coverage) -> None:
        self._plan, self._urls, self._coverage = plan, urls, coverage
        self._overlap, self._horizon = Overlap(urls, coverage), Horizon(plan, urls, coverage)
        self._began_at = now()
        self._begun: set[str] = set()
        self._counts = {"feed": 0, "section": 0}
        self._named: list[Sitemap] = []
        self._newest_at: datetime | None = None
        self._resumes = False
        self.cut: defaultdict[str, set[str]] = defaultdict(set)  # lists beyond the bounds, by kind
        self.walks: list[Walk] = []
        self.steps: deque[Step] = deque()
        self.deep: deque[Step] = deque()

    def begin(
        self, failed: list[str], newest_at: datetime | None = None, *, resumes: bool = False
    ) -> None:
        """Queue where discovery begins, and the sitemaps that failed before; given addresses need none.

        `newest_at` is when this archive last looked at the newest articles, None where it does not follow them.
        With `resumes` walks into the past go on where the run before left them.
        """
        self._newest_at = newest_at if self._plan.kind == "backfill" else None
        self._resumes = resumes
        if not self._plan.reads_lists:
            return
        if self._plan.sections:
            for section in self._plan.sections:
                self._add(f"{newspaper.ORIGIN}/rss/{section}", "feed")
                self._add(f"{newspaper.ORIGIN}/{section}", "section")
            return
        self._look_at_newest()
        if self._plan.kind == "newest":
            self._newest_at = now()
        self._add(newspaper.FRONT_PAGE, "front")
        self._add(newspaper.FEED_LIST, "feeds")
        self._add(newspaper.SITEMAP, "index")
        again = [
            each for each in map(Sitemap.at, failed) if each.first and self._horizon.asks_for(each)
        ]
        if self._plan.kind == "newest":
            again = [each for each in again if not self._urls.waits(each.url, now())][:_AGAIN]
        for sitemap in again:
            self._add_sitemap(sitemap)

    def add_sitemaps(self, urls: list[str]) -> None:
        """Queue the sitemaps robots.txt names."""
        if self._plan.reads_lists and not self._plan.sections:
            for url in urls:
                self._add(url, "index")

    def _look_at_newest(self) -> None:
        """Queue the newest lists, in a long run again and again, as often as the newest articles deserve it."""
        moment, before = now(), self._newest_at
        if before is None or moment - before < _FRESH:
            return
        self._newest_at = moment
        again = _NEWEST | ({"index"} if self._plan.kind == "newest" else set())
        today = vietnamese_day(moment)
        self._begun -= {
            walk.root
            for walk in self.walks
            if walk.kind in again or (walk.sitemap and walk.sitemap.covers(today))
        }
        self._counts |= dict.fromkeys(("front", "feeds", "feed", "index"), 0)
        self._counts[f"{today}–{today}"] = 0
        self._add(newspaper.FEED_LIST, "feeds", is_fresh=True)
        self._add(newspaper.FRONT_PAGE, "front", is_fresh=True)
        if self._plan.kind == "newest":
            self._add(newspaper.SITEMAP, "index", is_fresh=True)

    def _add_sitemap(self, sitemap: Sitemap) -> None:
        self._add(sitemap.url, "sitemap" if sitemap.first else "index", sitemap)

    def _add(
        self, url: str, kind: str, sitemap: Sitemap | None = None, *, is_fresh: bool = False
    ) -> None:
        if url in self._begun:
            return
        days = f"{sitemap.first}–{sitemap.last}" if sitemap and sitemap.first else None
        if self._counts.get(days or kind, 0) >= (_MOST_FILES if days else _MOST_LISTS):
            self.cut[kind].add(url)
            return
        self._begun.add(url)
        self._counts[days or kind] = self._counts.get(days or kind, 0) + 1
        known = [each.began_at for each in self.walks if each.root == url and each.is_over]
        since = timestamp(known[-1]) if known and self._plan.kind == "newest" else None
        walk = Walk(url, kind, now(), sitemap, is_fresh, since)
        self.walks.append(walk)
        put = self.steps.appendleft if is_fresh else self.steps.append
        put(Step(url, walk))

    def next(self, most: int) -> list[Step]:
        """Return the next lists to be read, before any article."""
        self._look_at_newest()
        return [self.steps.popleft() for _ in range(min(most, len(self.steps)))]

    @property
    def left(self) -> int:
        """How many lists and further pages are known and not yet read."""
        return len(self.steps) + len(self.deep)

    def starts(self, step: Step, entry: Entry) -> None:
        """Note what is known of the walk's root when its first page is asked for."""
        if not step.is_deep:
            step.walk.known_until = step.walk.known_until or entry.walked_at

    def conditional(self, step: Step) -> bool:
        """A list is asked for conditionally once a walk of it came to its end: unchanged then means nothing new."""
        is_newest = self._plan.kind == "newest" or step.walk.is_fresh
        return step.walk.known_until is not None and not step.is_deep and is_newest

    def read(self, step: Step, listing: Listing) -> None:
        """Take in what a page shows: queue the lists it names and decide on the page after it."""
        walk, named = step.walk, sitemaps_of(listing)
        walk.pages += 1
        if not step.is_deep:
            walk.began_at = now()  # what this page shows is on disk, and so known from now on
        self._lists(walk, listing)
        self._named += named
        for sitemap in self._horizon.sitemaps(named):
            self._add_sitemap(sitemap)
        if not listing.is_whole:
            walk.failed = Outcome.NO_ARTICLE
            return
        if walk.kind != "section" or not self._goes_on(walk, listing):
            walk.is_over = True
        if walk.sitemap and walk.sitemap.first and walk.sitemap.last:
            self._coverage.note(walk.root, walk.sitemap.first, walk.sitemap.last)
        if walk.kind == "feed":
            self._feed(walk, listing)

    def _lists(self, walk: Walk, listing: Listing) -> None:
        if walk.kind not in {"front", "feeds"}:
            return
        for feed in listing.feeds:
            self._add(feed, "feed", is_fresh=walk.is_fresh)
        if walk.kind == "front":
            known = [
                path
                for path in listing.sections
                if path.removeprefix(f"{newspaper.ORIGIN}/") in newspaper.SECTIONS
            ]
            for section in dict.fromkeys([*known, *listing.sections]):
                if not self._horizon.is_walked(section):
                    self._add(section, "section")

    def _feed(self, walk: Walk, listing: Listing) -> None:
        """A feed that rolled over has no further page: its section's list has."""
        walk.seen |= {link.key for link in listing.links}
        walk.reaches = self._plan.kind != "newest" or not walk.seen or self._overlap.of_feed(walk)
        page = newspaper.section_page(walk.root.replace("/rss/", "/").removesuffix(".rss"))
        if not walk.reaches and page and newspaper.listed_section(walk.root):
            self._add(page, "section")

    def _goes_on(self, walk: Walk, listing: Listing) -> bool:
        """Queue the page after this one if it may be needed."""
        keys = [link.key for link in listing.links]
        new = set(keys) - walk.seen
        walk.seen |= new
        walk.last_keys = keys or walk.last_keys
        if self._plan.kind == "newest" and walk.known_until:
            walk.reaches = self._overlap.of_page(walk, new)
            if walk.reaches:
                return False
        if not new or not listing.next_page:
            walk.is_whole = bool(walk.seen)
            return False
        if walk.pages >= _DEEPEST[self._plan.kind]:
            walk.reaches = False
            return False
        self.deep.append(Step(self._page_after(walk, listing.next_page), walk))
        return True

    def _page_after(self, walk: Walk, next_page: str) -> str:
        """A run that continues another goes on at the page that one came to: articles only move further back."""
        if self._plan.kind != "backfill":
            return next_page
        if walk.pages == 1 and self._resumes and (came_to := self._urls.next_page(walk.root)):
            return came_to
        self._urls.goes_on(walk.root, next_page)
        return next_page

    def is_needed(self, step: Step) -> bool:
        """Decide on a further page once the articles of the one before it were fetched, and so have their day."""
        walk = step.walk
        if not step.is_deep or (self._plan.kind == "newest" and walk.known_until):
            return True
        days = self._urls.days_of(walk.last_keys)
        if not days:
            return walk.pages < _UNDATED_PAGES or self._plan.kind == "backfill"
        return max(days) >= self._horizon.day()

    def ended(self, step: Step) -> None:
        """Note that a walk needs no further page."""
        step.walk.is_over = True

    def failed(self, step: Step, outcome: Outcome) -> None:
        """Note that a page could not be read: its walk has not come to its end."""
        step.walk.failed = outcome

    def more_lists(self) -> None:
        """Queue sections where the newspaper's own list of them was not had, and sitemaps where a list rolled over."""
        if self._plan.sections or self._plan.kind == "given" or not self._begun:
            return
        for path in newspaper.SECTIONS_TODAY if not self._counts["section"] else ():
            self._add(f"{newspaper.ORIGIN}/{path}", "section")
        for path in newspaper.SECTIONS_TODAY if not self._counts["feed"] else ():
            self._add(f"{newspaper.ORIGIN}/rss/{path}", "feed")
        for walk in self.unreached():
            for sitemap in self._overlap.between(walk, self._named, self._began_at):
                self._add_sitemap(sitemap)

    def unreached(self) -> list[Walk]:
        """Return the walks that came to their end before they met what was known."""
        for walk in self.walks:
            if walk.is_whole and not walk.reaches:
                walk.reaches = self._overlap.of_whole(walk, self.walks)
        return [walk for walk in self.walks if walk.is_over and not walk.reaches]

    def names(self, url: str) -> bool:
        """Return whether the newspaper still names a list, as far as this run can tell."""
        read = {walk.kind for walk in self.walks if walk.is_over}
        is_sure = {"front", "index"} <= read and not (self.steps or self.deep)
        return url in self._begun or not is_sure or self._plan.kind != "newest"

    @property
    def is_cut(self) -> bool:
        """Whether sitemaps were named beyond what is followed: days may be missing."""
        return bool(self.cut["sitemap"] or self.cut["index"])

    def said(self) -> Iterator[str]:
        """Yield a line for each kind of lists that were named beyond what one run follows."""
        for kind, urls in self.cut.items():
            if urls:
                more = f"{len(urls):,} more lists of the kind {kind!r} were named than are followed"
                yield f"{more}, {min(urls)} for one; they are left."

    def close(self) -> None:
        """Remember which walks came to their end; the next run reads only from there.

        Only at a run's end: after a kill the next run walks again, so that nothing between is missed.
        The index of sitemaps counts only when all of its sitemaps were asked for.
        """
        over = [walk for walk in self.walks if walk.is_over]
        if self._plan.kind == "backfill":
            for walk in over:
                self._urls.goes_on(walk.root, None)
        elif self._plan.kind == "newest" and not self._plan.sections:
            complete = not (self.steps or self.deep)
            for walk in over:
                if complete or walk.kind not in {"index", "sitemap"}:
                    self._urls.walked_root(walk.root, walk.began_at)
