"""Feeds and sitemaps: XML whose items are links with a date."""

import html
import re
from datetime import date, timedelta
from typing import Any, Final

from lxml import etree

from archive import addresses
from archive.dates import machine_time, vietnamese_day
from archive.vietnamese import normalise
from crawler.links import Listing, found

_DAY_FILE: Final = re.compile(
    r"(?P<year>20\d\d)[-_]?(?P<month>[01]\d)(?:[-_]?(?P<day>[0-3]\d))?(?!\d)"
)


def read_xml(url: str, body: bytes) -> Listing:
    """Return what a feed, a sitemap or an index of sitemaps shows. Raises ValueError where there is no XML."""
    root: Any = etree.fromstring(
        body,
        etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False),
    )
    if root is None:
        raise ValueError("no XML in it")
    listing, covered = Listing(), days_of_file(url)
    for item in root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap"):
        name = etree.QName(item).localname
        if name == "sitemap":
            target = addresses.joined(url, _child(item, "loc") or "")
            if target:
                listing.sitemaps.append((target, *days_of_file(target)))
            continue
        link = _item_link(item, url)
        moment = machine_time(
            _child(item, "pubDate", "published", "publication_date", "date", "updated", "lastmod")
        )
        day = (
            covered[0]
            if covered[0] and covered[0] == covered[1]
            else vietnamese_day(moment)
            if moment
            else None
        )
        one = found(link, url, _child(item, "title"), day) if link else None
        if one:
            listing.links.append(one)
    return listing


def _child(item: Any, *names: str) -> str | None:
    """The text of the first descendant of one of these names, in the order of the names."""
    for name in names:
        for child in item.iter("{*}" + name):
            if text := normalise(html.unescape(child.text or "")):
                return text
    return None


def _item_link(item: Any, url: str) -> str | None:
    """RSS and sitemaps write the address as text, Atom as an attribute."""
    attribute = next((link.get("href") for link in item.iter("{*}link") if link.get("href")), None)
    link = _child(item, "loc", "link", "guid") or attribute
    return addresses.joined(url, link) if link else None


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
