"""Whether a list, read now, reaches back to what was known when it was read before."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from archive.store.coverage import Coverage
from archive.store.urls import Urls
from crawler.walks import Sitemap, Walk

_FURNITURE: Final = (
    3  # so many sections show an article that belongs to none of them: most read, picked
)


class Overlap:
    """Compares what walks show with what the frontier knew before them."""

    def __init__(self, urls: Urls, coverage: Coverage) -> None:
        self._urls, self._coverage = urls, coverage

    def of_feed(self, feed: Walk) -> bool:
        """Return whether a feed still shows an item known when it was last read; its oldest items roll over."""
        return not feed.known_until or bool(self._urls.known_by(feed.seen, feed.known_until))

    def of_page(self, walk: Walk, new: set[str]) -> bool:
        """Return whether a page is the end of a walk: it shows articles, and all of them were known.

        One known article is not enough: boxes of picked and most read articles show such on every page.
        """
        return bool(new) and new == self._urls.known_by(new, walk.known_until or "")

    def of_whole(self, walk: Walk, walks: Iterable[Walk]) -> bool:
        """Return whether a list without further pages shows a known article that not all sections show."""
        sections = [each for each in walks if each.kind == "section"]
        shown = Counter(key for each in sections for key in each.seen)
        most = max(_FURNITURE, len(sections) // 2)
        known = self._urls.known_by(walk.seen, walk.known_until or "")
        return any(shown[key] <= most for key in known)

    def between(self, walk: Walk, named: Iterable[Sitemap], since: datetime) -> list[Sitemap]:
        """Return the sitemaps, not read since then, of the days between a walk and what was known."""
        missing = self._coverage.uncovered(*walk.period(None), since)
        return [each for each in named if any(each.covers(day) for day in missing)]
