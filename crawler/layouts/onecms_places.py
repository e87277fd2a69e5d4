"""The places of an ONECMS page, found by the classes of its elements."""

from collections import defaultdict
from functools import lru_cache
from typing import Any, Final

from crawler.page import Page

# The parts of the header: sc-longform-header-title, block-sc-title, c-detail-head__title …
_HEADERS: Final = ("sc-longform-header-", "block-sc-", "c-detail-head__", "c-news-detail__")
_PARTS: Final = {
    "title": ("title",),
    "kicker": ("kicker", "subtitle", "sub-title", "sub", "overline"),
    "date": ("date", "publish-time", "time"),
    "author": ("author",),
    "lead": ("sapo", "desc", "lead", "summary"),
    "section": ("cate", "cate-name", "cat", "category"),
}
_NAMES: Final = {
    **{
        header + name: part
        for part, names in _PARTS.items()
        for name in names
        for header in _HEADERS
    },
    **dict.fromkeys(
        ("Headlines", "desc", "sapo"), "lead"
    ),  # the older template: p.Headlines, p.desc
    **dict.fromkeys(("entry", "content-main-normal", "b-maincontent"), "body"),
    **dict.fromkeys(("c-tags", "c-widget-tags", "onecms__tags"), "tags"),
    "js-source-copy": "source",
}
_KNOWN: Final = frozenset(_NAMES)
_ELEMENTS: Final = (
    "div",
    "span",
    "p",
    "h1",
    "h2",
    "h3",
    "article",
    "section",
    "ul",
    "a",
    "time",
    "strong",
)

_HEADER: Final = {"sc-longform-header", "c-detail-head", "Headlines", "block-sc-sapo"}
_ADVERTISEMENTS: Final = {"c-box", "c-banner-item", "oneads", "sc-empty-layer"}
_OTHER_ARTICLES: Final = {"c-related-posts", "sc-related-news", "b-grid"}
_BELOW: Final = {"c-author-page", "c-comments", "onecms__comments"} | {
    name for name, part in _NAMES.items() if part == "tags"
}
_FOREIGN: Final = frozenset(_HEADER | _ADVERTISEMENTS | _OTHER_ARTICLES | _BELOW)

Places = dict[str, list[Any]]  # part -> the elements that hold it, in document order


def find_places(page: Page) -> Places:
    """Return the elements whose classes are known, by what they hold; one pass over the page."""
    found: Places = defaultdict(list)
    for element in page.root.iter(*_ELEMENTS):
        classes = element.get("class")
        if classes is not None:
            for part in _parts(classes):
                found[part].append(element)
    return found


def is_foreign(element: Any) -> bool:
    """Return whether an element within the article is none of its text."""
    classes = element.get("class")
    return classes is not None and not _FOREIGN.isdisjoint(classes.split())


def rule(element: Any) -> str:
    """Return the selector an element was found by, as in style sheets: `h1.sc-longform-header-title`."""
    known = (name for name in (element.get("class") or "").split() if name in _KNOWN)
    return ".".join((element.tag, *list(known)[:1]))


@lru_cache(maxsize=1024)
def _parts(classes: str) -> tuple[str, ...]:
    """What elements of these classes hold; pages repeat the same few hundred class attributes."""
    return tuple({_NAMES[name] for name in _KNOWN.intersection(classes.split())})
