"""How far back a run reads: to the last walk, or over the period asked for."""

from datetime import date, datetime, timedelta
from typing import Final

from archive.dates import now, vietnamese_day
from archive.store.coverage import Coverage
from archive.store.urls import Urls
from crawler.newspapers import baolamdong as newspaper
from crawler.plan import Plan
from crawler.walks import Sitemap

DAYS_BACK: Final = 7  # how far the first run on an empty archive reads
_LATE: Final = timedelta(days=7)  # an article may be added to the sitemap of its day so long after
_A_DAY: Final = timedelta(hours=20)  # so that it is not at a later hour each time
_FARTHEST: Final = 60  # days of sitemaps after a long rest; overlap and gaps tell what lies before


class Horizon:
    """What of the newspaper's lists lies within what a run is to read."""

    def __init__(self, plan: Plan, urls: Urls, coverage: Coverage) -> None:
        self._plan, self._urls, self._coverage = plan, urls, coverage

    def asks_for(self, sitemap: Sitemap) -> bool:
        """Return whether a sitemap may list articles asked for; the newest may be anywhere."""
        return self._plan.kind == "newest" or self._plan.overlaps(sitemap.first, sitemap.last)

    def sitemaps(self, named: list[Sitemap]) -> list[Sitemap]:
        """Return those of the sitemaps named that are to be read, in order; of the past not again what was read."""
        if self._plan.kind == "backfill":
            left = [each for each in named if self.asks_for(each) and not self._is_read(each)]
            first = self._plan.oldest_first
            return sorted(left, key=lambda each: each.first or date.max, reverse=not first)
        today = vietnamese_day(now())
        newest = max(
            (each.last for each in named if each.last and each.last <= today), default=today
        )
        horizon = newest - timedelta(days=self._days_back())
        return [each for each in named if each.last is None or each.last >= horizon] + [
            each
            for each in named
            if each.last and newest - _LATE <= each.last < horizon and not self._is_fresh(each)
        ]

    def _is_fresh(self, sitemap: Sitemap) -> bool:
        """What may still be added to the sitemaps of the days before is looked for once a day."""
        return self._coverage.is_read_since(sitemap.url, now() - _A_DAY)

    def _is_read(self, sitemap: Sitemap) -> bool:
        return sitemap.first is not None and self._coverage.is_read(sitemap.url)

    def _days_back(self) -> int:
        """Seven days on an empty archive; else back to the last walk, and two days in any case."""
        entry = self._urls.entry(newspaper.SITEMAP)
        if entry is None or entry.walked_at is None:
            return DAYS_BACK - 1
        return min(_FARTHEST, (now() - datetime.fromisoformat(entry.walked_at)).days + 1)

    def is_walked(self, section: str) -> bool:
        """Return whether runs into the past were in a section before, down to where this one is to go."""
        since, until = self._plan.since, self._plan.until
        if self._plan.kind != "backfill" or since is None or until is None:
            return False
        return self._coverage.reaches(section, since, until)

    def day(self) -> str:
        """Return the day of publication at which a walk that overlaps with nothing may end."""
        if self._plan.kind == "backfill":
            return (self._plan.since or date.min).isoformat()
        newest = self._urls.newest_day(vietnamese_day(now()).isoformat())
        if newest is None:
            return ""
        return (date.fromisoformat(newest) - timedelta(days=DAYS_BACK)).isoformat()
