"""Feeds and sitemaps: XML whose items are links with a date."""

import html
import re
from datetime import date, timedelta
from typing import Any, Final

from lxml import etree

from archive import addresses
from archive.dates import machine_time, vietnamese_day
from archive.vietnamese import normalise
from crawler import bounds
from crawler.links import Listing, found
from crawler.listed import check_xml, whole_part

_DAY_FILE: Final = re.compile(
    r"(?P<year>20\d\d)[-_]?(?P<month>[01]\d)(?:[-_]?(?P<day>[0-3]\d))?(?!\d)"
)
_MOMENTS: Final = ("pubDate", "published", "publication_date", "date", "updated", "lastmod")
_ENTRIES: Final = ("{*}item", "{*}entry", "{*}url", "{*}sitemap")
_MOST_LISTED: Final = 50_000  # entries of a sitemap: where its protocol ends
_MOST_TOLD: Final = 10_000  # entries of a feed; the longest seen have 200
_COMMON: Final = re.compile(
    r"\d{4}-\d\d-\d\d|[A-Z][a-z]{2}, \d"
)  # read at a tenth of what others cost
_NAMED: Final = tuple(f"{{*}}{name}" for name in ("loc", "link", "guid", "title", *_MOMENTS))


def read_xml(url: str, body: bytes) -> Listing:
    """Return what a feed, a sitemap or an index of sitemaps shows. Raises ValueError where there is no XML."""
    bounds.LIST.check_xml(body)
    body, is_whole = whole_part(body)
    root: Any = etree.fromstring(
        body,
        etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False),
    )
    if root is None:
        raise ValueError("no XML in it")
    bounds.LIST.check_tree(root)
    check_xml(root)
    listing, covered = Listing(is_whole=is_whole), days_of_file(url)
    entries, odd = list(root.iter(*_ENTRIES)), 0
    bounds.check(len(entries), _MOST_LISTED if _is_sitemap(root) else _MOST_TOLD, "entries")
    for item in entries:
        told = _Told(item)
        if etree.QName(item).localname == "sitemap":
            target = addresses.joined(url, told.first("loc") or "")
            if target:
                listing.sitemaps.append((target, *days_of_file(target)))
            continue
        link = told.first("loc", "link", "guid") or told.href
        stamp = told.first(*_MOMENTS)
        odd += stamp is not None and not _COMMON.match(stamp)
        bounds.check(odd, _MOST_TOLD, "dates written in no common way")
        moment = machine_time(stamp)
        day = (
            covered[0]
            if covered[0] and covered[0] == covered[1]
            else vietnamese_day(moment)
            if moment
            else None
        )
        target = addresses.joined(url, link) if link else None
        one = found(target, url, told.first("title"), day) if target else None
        if one:
            listing.links.append(one)
    return listing


def _is_sitemap(root: Any) -> bool:
    return etree.QName(root).localname.lower() in {"urlset", "sitemapindex"}


class _Told:
    """What an item says: of its descendants of each name the first that has text.

    RSS and sitemaps write the address as text, Atom as an attribute.
    """

    def __init__(self, item: Any) -> None:
        self._texts: dict[str, str] = {}
        self.href: str | None = None
        for child in item.iter(*_NAMED):
            name = child.tag.rpartition("}")[2]
            if name == "link" and self.href is None:
                self.href = child.get("href") or None
            text = html.unescape(child.text or "") if name not in self._texts else ""
            if said := normalise(text):
                self._texts[name] = said

    def first(self, *names: str) -> str | None:
        """Return the text of the first of these names that has any."""
        return next((self._texts[name] for name in names if name in self._texts), None)


def days_of_file(url: str) -> tuple[date | None, date | None]:
    """Return the first and last day a sitemap named like sitemap-article-2026-09-05.xml or -2026-09.xml covers."""
    stated = _DAY_FILE.search(addresses.path(url).rsplit("/", 1)[-1])
    if stated is None:
        return None, None
    try:
        first = date(int(stated["year"]), int(stated["month"]), int(stated["day"] or 1))
    except ValueError:
        return None, None
    return (
        (first, first)
        if stated["day"]
        else (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    )
