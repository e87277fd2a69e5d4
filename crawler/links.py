"""Article links: an address as found becomes one entry of the frontier, with what the listing says of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from archive import addresses
from archive.model import Found
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper


@dataclass(slots=True)
class Listing:
    """What a listing shows: articles, further listings by kind, and the addresses of its next page."""

    links: list[Found] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    sitemaps: list[tuple[str, date | None, date | None]] = field(
        default_factory=list
    )  # first and last day it covers
    next_page: str | None = None
    is_whole: bool = True  # False: it was cut off; what stands here are its whole entries


def found(
    url: str, listing: str | None, title: str | None = None, dated: date | None = None
) -> Found | None:
    """Return the article address `url` stands for, as found in `listing`, or None where it is none."""
    address = newspaper.article_address(url)
    if address is None:
        return None
    seen = url.strip().split("#")[0].split("?")[0]
    day = dated or month_end(address)
    return Found(
        address.key, address.url, _askable(seen, address), "article", listing, title, day, seen=seen
    )


def _askable(seen: str, address: Address) -> str:
    """Ask for the form found, for it answers; but by https, at the main host, percent-encoded."""
    path = addresses.path(seen)
    if "/bbt/" in path or "/dno/" in path:
        return f"{newspaper.ORIGIN}/{path.split('/')[1]}{addresses.path(address.url)}"
    return address.url


def month_end(address: Address) -> date | None:
    """Return the last day of the month an older address names, the latest its article can be of."""
    if not address.month or not "01" <= address.month[4:] <= "12":
        return None
    first = date(int(address.month[:4]), int(address.month[4:]), 28)
    return (first + timedelta(days=4)).replace(day=1) - timedelta(days=1)
