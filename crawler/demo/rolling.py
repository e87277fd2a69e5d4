"""What the listings of a life showed to somebody who looked now and then, and what rolled over unseen."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from crawler.demo.life import Channel, Life, Lifeline
from crawler.demo.living import Issue

Windows = dict[str, list[Lifeline]]  # path of a listing -> what it shows, all its pages together


class Sighting(NamedTuple):
    """The first time a look could find an article, and the path of the listing that showed it."""

    at: datetime
    listing: str


class Roll(NamedTuple):
    """A listing that showed nothing at `until` of what it had shown at `since`, the look before.

    `lines` are the articles it listed in between and showed at neither: other listings may show them.
    """

    listing: str
    since: datetime
    until: datetime
    lines: list[Lifeline]


def windows(life: Life, at: datetime) -> Windows:
    """Return what each listing shows at a moment, newest first; section pages with all that follow them."""
    issue, sizes = Issue(life, at), life.sizes
    shown: Windows = {"/": issue.lines["front"][: sizes.front]}
    for section in life.sections_at(life.listed_at(at)):
        slug, deepest = section.slug, sizes.page * sizes.pages
        shown[f"/rss/{slug}"] = issue.within("feed", slug)[: sizes.feed]
        shown[f"/{slug}"] = issue.within("section", slug)[:deepest]
    for day, lines in issue.by_day().items():
        shown[f"/sitemap-article-{day}.xml"] = lines[: sizes.day]
    return shown


def looks(life: Life, moments: Iterable[datetime]) -> list[datetime]:
    """Return those moments, in order, at which the newspaper answers."""
    return sorted(at for at in moments if life.answers_at(at))


def sightings(life: Life, moments: Iterable[datetime]) -> dict[int, Sighting]:
    """Return by article number when a look could first find it; articles no look could find are left out."""
    found: dict[int, Sighting] = {}
    for at in looks(life, moments):
        for listing, lines in windows(life, at).items():
            for line in lines:
                found.setdefault(line.number, Sighting(at, listing))
    return found


def unseen(life: Life, moments: Iterable[datetime]) -> list[Lifeline]:
    """Return the articles that appeared before the last look and that no listing showed at any look."""
    moments = looks(life, moments)
    found = sightings(life, moments)
    return [
        line
        for line in life.lines
        if line.number not in found and moments and line.published <= moments[-1]
    ]


def rolls(life: Life, moments: Iterable[datetime]) -> Iterator[Roll]:
    """Yield, look by look, the listings that rolled over since the look before.

    A sitemap of a day is no such listing: it begins empty.
    """
    shown = ((at, windows(life, at)) for at in looks(life, moments))
    for (since, before), (until, after) in pairwise(shown):
        for listing in before.keys() & after.keys():
            known = {line.number for line in before[listing]}
            overlaps = any(line.number in known for line in after[listing])
            is_of_a_day = listing.startswith("/sitemap-article-")
            if known and after[listing] and not overlaps and not is_of_a_day:
                between = _between(life, listing, before, after, until)
                yield Roll(listing, since, until, between)


def _between(
    life: Life, listing: str, before: Windows, after: Windows, until: datetime
) -> list[Lifeline]:
    shown = {line.number for line in (*before[listing], *after[listing])}
    newest_known = max(line.published for line in before[listing])
    channel, slug = _kind(listing)
    return [
        line
        for line in life.lines
        if line.published >= newest_known
        and line.number not in shown
        and line.is_listed(channel, until)
        and slug in ("", life.section_at(line.section, until).slug)
    ]


def _kind(listing: str) -> tuple[Channel, str]:
    """Return the channel of a listing and the section it is of, "" for all."""
    if listing == "/":
        return "front", ""
    if listing.startswith("/rss/"):
        return "feed", listing.removeprefix("/rss/")
    return "section", listing.strip("/")
