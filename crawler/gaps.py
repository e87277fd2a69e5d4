"""The end of a run: which days its lists covered, which gaps it found, and which of the older ones it filled."""

from datetime import date, datetime
from typing import Final

from archive.dates import now, vietnamese_day
from archive.model import Outcome
from archive.store import Archive
from archive.store.gaps import Gap, OpenGap
from crawler.newspapers import baolamdong as newspaper
from crawler.plan import Plan
from crawler.walking import Walking
from crawler.walks import Walk

# What is gone or forbidden was taken away by the newspaper; these may have articles nobody saw.
_UNREAD: Final = frozenset(
    {Outcome.REFUSED, Outcome.FAILED, Outcome.UNREACHABLE, Outcome.NO_ARTICLE}
)


class GapKeeper:
    """Compares what a run's lists showed with what they were to show."""

    def __init__(self, plan: Plan, archive: Archive, walking: Walking) -> None:
        self._plan, self._archive, self._walking = plan, archive, walking
        self._began_at = now()

    def unread_lists(self) -> list[str]:
        """Return the lists earlier runs could not read, those of the latest days first."""
        gaps = (each.gap for each in self._archive.gaps.unclosed())
        return [gap.list for gap in gaps if gap.kind == "list" and gap.list]

    def settle(self) -> None:
        """Note which days were covered, open the gaps found and close those filled."""
        at = now()
        if not self._plan.sections:
            for walk in self._walking.walks:
                if walk.is_over and walk.seen and walk.section and walk.kind == "section":
                    self._cover(walk, walk.section)
            for gap in self._found():
                self._archive.gaps.note(gap, self._archive.run_id, at)
        for each in self._archive.gaps.unclosed():
            if self._is_filled(each):
                self._archive.gaps.close(each, at)
        self._archive.gaps.count_articles(self._archive.run_id, at)

    # -- what was covered -----------------------------------------------------------------------------

    def _cover(self, walk: Walk, section: str) -> None:
        """A walk that met what was known continues the days covered before; any other begins anew."""
        today = vietnamese_day(walk.began_at)
        first = self._first_day(walk, today)
        if walk.reaches:
            self._archive.coverage.extend(walk.root, section, first, today)
        else:
            self._archive.coverage.note(walk.root, first, today, section)

    def _first_day(self, walk: Walk, today: date) -> date:
        """The first day a walk showed in full: where it was to end, or what its last page tells."""
        first, _ = walk.period(self._plan.since)
        if walk.reaches and (walk.known_until or self._plan.since):
            return first
        told = self._archive.urls.days_of(walk.last_keys)
        days = [day for day in told if len(day) == 10]  # of some only the month is known
        day = (min if walk.is_whole else max)(days, default=None)
        return min(_day(day), today) if day else today

    # -- what was found -------------------------------------------------------------------------------

    def _found(self) -> list[Gap]:
        unread = [walk for walk in self._walking.walks if walk.failed and not walk.is_over]
        found = [self._gap("list", walk) for walk in unread if self._is_missed(walk)]
        return found + [
            self._gap("overlap", walk)
            for walk in self._walking.unreached()
            if (walk.seen or self._archive.coverage.is_known(walk.root))
            and not self._is_covered(walk.root, *walk.period(self._plan.since), self._began_at)
        ]

    def _is_missed(self, walk: Walk) -> bool:
        """A list that was never there is none; one that was read before, or is named for its days, is missed."""
        is_promised = walk.known_until is not None or (walk.sitemap and walk.sitemap.first)
        return bool(walk.failed in _UNREAD or is_promised)

    def _gap(self, kind: str, walk: Walk) -> Gap:
        first, last = walk.period(self._plan.since)
        name: str = walk.root
        return Gap(
            "overlap" if kind == "overlap" else "list",
            name,
            first.isoformat(),
            last.isoformat(),
            walk.section,
        )

    # -- what was filled ------------------------------------------------------------------------------

    def _is_filled(self, each: OpenGap) -> bool:
        gap = each.gap
        if gap.kind == "articles" or gap.list is None or not (gap.since and gap.until):
            return False
        if gap.kind == "overlap":
            return self._is_covered(gap.list, _day(gap.since), _day(gap.until), each.found_at)
        walks = [walk for walk in self._walking.walks if walk.root == gap.list]
        if any(walk.is_over for walk in walks) or not self._walking.names(gap.list):
            return True
        return any(self._is_taken_away(walk, each.found_at) for walk in walks)

    def _is_taken_away(self, walk: Walk, found_at: datetime) -> bool:
        """A list gone on two different days is gone; a day's sitemap stays wanted."""
        is_dated = walk.sitemap is not None and walk.sitemap.first is not None
        is_gone = walk.failed is not None and walk.failed not in _UNREAD
        return is_gone and not is_dated and vietnamese_day(found_at) < vietnamese_day(now())

    def _is_covered(self, url: str, first: date, last: date, moment: datetime) -> bool:
        """Whether the section's own pages, or the sitemaps of all days, were read since."""
        section = newspaper.section_page(url.replace("/rss/", "/").removesuffix(".rss"))
        if section and self._archive.coverage.reaches(section, first, last, moment):
            return True
        return not self._archive.coverage.uncovered(first, last, moment)


def _day(day: str) -> date:
    return date.fromisoformat(day[:10])
