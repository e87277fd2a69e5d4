"""What a run was asked for."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from archive.model import Found
from crawler.cdx import Index
from crawler.newspapers import baolamdong as newspaper


@dataclass(slots=True, frozen=True)
class Plan:
    """A run: the newest articles; the articles of a period (Vietnamese days, ends included); or given addresses."""

    since: date | None = None
    until: date | None = None
    sections: tuple[str, ...] = ()
    given: tuple[Found, ...] = ()
    indexed: Collection[Found] | Index = ()  # addresses from an index of captures
    limit: int | None = None
    pictures: bool = True
    oldest_first: bool = False  # of a period

    @property
    def kind(self) -> Literal["newest", "backfill", "given"]:
        """Which of the three it is."""
        if self.given:
            return "given"
        return "backfill" if self.has_period or self.indexed else "newest"

    @property
    def has_period(self) -> bool:
        """Whether days of publication were named."""
        return bool(self.since or self.until)

    @property
    def reads_lists(self) -> bool:
        """Whether articles are looked for; given addresses, and an index without a period, need no list."""
        return not self.given and (self.has_period or not self.indexed)

    @property
    def is_narrow(self) -> bool:
        """Whether only addresses found by this very run are fetched, not all that are pending."""
        return bool(self.given or self.sections or self.indexed)

    def wants(self, day: date | None) -> bool:
        """Return whether an article of that day is asked for; what has no day is not ruled out."""
        if day is None:
            return True
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def overlaps(self, first: date | None, last: date | None) -> bool:
        """Return whether a list that covers these days may hold articles asked for."""
        too_old = self.since is not None and last is not None and last < self.since
        too_new = self.until is not None and first is not None and first > self.until
        return not (too_old or too_new)

    def wanted(self, links: list[Found], *, newest: bool = False) -> list[Found]:
        """Return the articles a list shows, marked where they are outside the period asked for.

        A list read for its `newest` articles, within a run into the past, is asked for all of them.
        """
        if self.kind != "backfill" or newest:
            return links
        days = [link.dated for link in links if link.dated]
        near = not days or self.overlaps(min(days), max(days))
        return [
            replace(link, wanted=self._covers(link.url, link.dated) if link.dated else near)
            for link in links
        ]

    def _covers(self, url: str, day: date) -> bool:
        """An older address tells only its month: any day of it may be the one."""
        address = newspaper.article_address(url)
        if address and address.month and day.strftime("%Y%m") == address.month:
            return self.overlaps(day.replace(day=1), day)
        return self.wants(day)

    def addresses(self) -> Iterator[Found]:
        """Yield the addresses given or indexed; of an index, those out of the period are marked as not wanted."""
        yield from self.given
        for each in self.indexed:
            yield replace(each, wanted=self._covers(each.url, each.dated)) if each.dated else each

    def continues(self, settings: dict[str, Any]) -> bool:
        """Return whether a run with these settings was asked for the same articles."""
        own = self.as_settings()
        days = all(own.get(name) == settings.get(name) for name in ("since", "until"))
        return days and list(self.sections) == settings.get("sections", [])

    def as_settings(self) -> dict[str, Any]:
        """Return what is entered in the ledger of runs."""
        said = asdict(replace(self, indexed=()))
        said["given"] = [found.url for found in self.given]
        said["indexed"] = len(self.indexed)
        return {
            name: str(value) if isinstance(value, date) else value
            for name, value in said.items()
            if value
        }
