"""Finding the page after a page of a list: a next link, a page number, or a button for more."""

import re
from collections.abc import Iterator
from typing import Any, Final

from archive import addresses
from archive.vietnamese import fold, normalise
from crawler import bounds
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.reach import why_not

_NEXT_WORDS: Final = frozenset(
    {
        "trang sau",
        "sau",
        "tiep",
        "trang tiep",
        "trang tiep theo",
        "tiep theo",
        "xem tiep",
        "xem them",
        "tai them",
        "next",
        "more",
        "load more",
    }
)
_LONGEST_LABEL: Final = 20  # characters
_NEXT_SIGNS: Final = frozenset({">", "»", "›", ">>", "→", "next »", "sau »", "tiếp »"})
_MORE_DATA: Final = (
    "data-url",
    "data-href",
    "data-next",
    "data-link",
    "data-action",
    "data-src-more",
    "data-load",
)
_PAGE_NUMBER: Final = re.compile(
    r"(?:[?&](?:p|page|trang|paged)=|/(?:page|trang|p)[/-]?)(\d{1,4})(?=\D|$)", re.IGNORECASE
)


def next_page(page: Page) -> str | None:
    """The address of the next page of a list: what the page calls next, else the number after its own."""
    for element in page.root.iter("a", "link"):
        if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
            return _inside(page, element.get("href"))
    number, own = _number(page.url), addresses.path(page.url)
    for element in page.root.iter("a", "button", "div", "span", "ul"):
        target = _next_target(element, number)
        found_page = _inside(page, target) if target else None
        if (
            found_page
            and found_page != page.url
            and not newspaper.is_front_page(found_page)
            and not newspaper.article_address(found_page)
        ):
            return found_page
    return _numbered(page, number, own)


def _next_target(element: Any, number: int) -> str | None:
    """Where a "next" or "more" control leads; a bare data-action is one even without a label."""
    more = next((value for name in _MORE_DATA if (value := element.get(name))), None)
    if element.tag in {"div", "ul"}:
        return (
            _with_page(more, element, number)
            if more and "/" in more and "onecms_load_view" not in (element.get("class") or "")
            else None
        )
    label = normalise(bounds.beginning(element, _LONGEST_LABEL)) or normalise(
        element.get("title") or element.get("aria-label") or ""
    )
    if len(label) > _LONGEST_LABEL or not (
        fold(label).strip(" .…»>") in _NEXT_WORDS or label.lower() in _NEXT_SIGNS
    ):
        return None
    if more:
        return _with_page(more, element, number)
    href = (element.get("href") or "").strip()
    is_page = bool(_PAGE_NUMBER.search(href)) or "rel" in element.attrib
    return (
        href
        if href
        and not href.startswith(("#", "javascript:"))
        and (is_page or fold(label) not in {"xem them", "more"})
        else None
    )


def _with_page(address: str, element: Any, number: int) -> str:
    """An address for more that does not say which page takes the page's number as a parameter."""
    page = element.get("data-page") or element.get("data-next-page")
    if _PAGE_NUMBER.search(address) or not page:
        return address
    return f"{address}{'&' if '?' in address else '?'}page={page if page.isdigit() else number + 1}"


def _inside(page: Page, target: str) -> str | None:
    """Resolve against the section, for a fragment's controls are relative to the site, and stay on the site."""
    joined = addresses.joined(page.url, target)
    return joined.split("#")[0] if joined and not why_not(joined, "listing") else None


def _number(url: str) -> int:
    stated = _PAGE_NUMBER.search(url)
    return int(stated[1]) if stated else 1


def _numbered(page: Page, number: int, own: str) -> str | None:
    base = _PAGE_NUMBER.sub("", own).rstrip("/")
    for target in targets(page):
        stated = _PAGE_NUMBER.search(target)
        if (
            stated
            and int(stated[1]) == number + 1
            and not why_not(target, "listing")
            and addresses.path(target).startswith(base)
        ):
            return target
    return None


def targets(page: Page) -> Iterator[str]:
    """Yield where the links of a page lead, absolute, without fragments."""
    for element, target in page.links:
        href = element.get("href").strip()
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
            yield target.split("#")[0]
