"""One page as received: decoded, parsed, with what it says of itself in meta tags and structured data."""

import codecs
import html
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from lxml import etree
from w3lib.encoding import html_to_unicode

from archive import addresses
from archive.vietnamese import normalise
from crawler import bounds

ARTICLE_TYPES: Final = frozenset(
    {"NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle"}
)
_BROKEN_SHARE: Final = (
    0.02  # of the characters beyond ASCII; a page cut off in the middle of one has hardly any
)


def as_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """Return a page in UTF-8. What is UTF-8 stays so whatever was declared: servers misdeclare, bytes do not."""
    try:
        body.decode()
        return body.removeprefix(codecs.BOM_UTF8)
    except UnicodeDecodeError:
        text = body.decode(errors="replace")
    if text.count("\ufffd") > _BROKEN_SHARE * sum(not sign.isascii() for sign in text):
        text = html_to_unicode(content_type, body, default_encoding="cp1258")[1]
    return text.encode(errors="replace")


class Page:
    """A parsed page: `data` is its text in UTF-8, `root` its lxml tree; the rest is what its head and JSON-LD state.

    Raises ValueError where the bytes hold no HTML at all, and TooMuch where they hold too much to be read.
    """

    def __init__(self, url: str, body: bytes, content_type: str | None = None) -> None:
        self.url = url
        bounds.PAGE.check_size(body)
        self.data = as_utf8(body, content_type).replace(b"\0", b"")
        bounds.PAGE.check_html(self.data)
        self.root: Any = _parsed(self.data)
        if self.root is None:
            raise ValueError("no HTML in it")
        bounds.PAGE.check_tree(self.root)

    @cached_property
    def text(self) -> str:
        """The page as text, markup and all."""
        return self.data.decode(errors="replace")

    @cached_property
    def _head(self) -> dict[str, list[Any]]:
        """The elements a page speaks of itself in, by tag."""
        found: dict[str, list[Any]] = {"meta": [], "title": [], "link": [], "script": []}
        for element in self.root.iter(*found):
            found[element.tag].append(element)
        return found

    @cached_property
    def _meta(self) -> dict[str, str]:
        """What the meta tags say; the first of each name counts."""
        stated: dict[str, str] = {}
        for tag in self._head["meta"]:
            name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
            content = _readable(tag.get("content") or "") if name else ""
            if content:
                stated.setdefault(name, content)
        return stated

    def meta(self, *names: str) -> str | None:
        """Return the content of the first of these meta tags that has any, normalised."""
        return next((self._meta[name] for name in names if name in self._meta), None)

    @cached_property
    def head_title(self) -> str | None:
        """The text of the title tag."""
        return next((_readable(tag.text or "") for tag in self._head["title"]), None) or None

    @cached_property
    def structured(self) -> list[dict[str, Any]]:
        """Every JSON-LD object of the page, graphs opened; what is no valid JSON is passed over."""
        scripts = (
            tag for tag in self._head["script"] if "ld+json" in (tag.get("type") or "").lower()
        )
        return [found for script in scripts for found in _objects(_json(script.text or ""))]

    @cached_property
    def news_article(self) -> dict[str, Any]:
        """The JSON-LD object that describes the article, or an empty one."""
        return next((found for found in self.structured if _types(found) & ARTICLE_TYPES), {})

    def stated(self, name: str) -> str | None:
        """Return a text field of the article's JSON-LD, entities resolved (ONECMS escapes inside the strings)."""
        return _text(self.news_article.get(name))

    def first_stated(self, *rules: str) -> tuple[str, str | None]:
        """Return which of these says anything first, and what: names like `JSON-LD headline`, `meta og:title`."""
        for rule in rules:
            origin, _, name = rule.partition(" ")
            if value := self.stated(name) if origin == "JSON-LD" else self.meta(name):
                return rule, value
        return rules[-1], None

    @cached_property
    def breadcrumb(self) -> list[tuple[str, str | None]]:
        """The JSON-LD breadcrumb: names and addresses, in order."""
        crumbs = next((found for found in self.structured if "BreadcrumbList" in _types(found)), {})
        elements = crumbs.get("itemListElement")
        return list(_crumbs(elements if isinstance(elements, list) else []))

    @cached_property
    def links(self) -> list[tuple[Any, str]]:
        """The elements a and link that lead anywhere, each with its address, absolute."""
        stated = ((each, each.get("href")) for each in self.root.iter("a", "link"))
        found = ((each, addresses.joined(self.url, href)) for each, href in stated if href)
        return [(each, target) for each, target in found if target]

    @cached_property
    def canonical(self) -> str | None:
        """The address the page gives as its own."""
        for link in self._head["link"]:
            if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
                return addresses.joined(self.url, link.get("href"))
        return self.meta("og:url")


def _parsed(data: bytes) -> Any:
    # huge_tree: without it the text below 256 unclosed elements is lost, and old pages leave <font> open.
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError:
        return None


def _readable(text: str) -> str:
    return normalise(html.unescape(text) if "&" in text else text)


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)  # line breaks stand in strings
    except (ValueError, RecursionError):
        return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    for item in waiting:  # grows as graphs are opened: pages nest them deeper than Python recurses
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            yield item
            waiting.append(item.get("@graph"))


def _types(value: dict[str, Any]) -> set[str]:
    kind = value.get("@type")
    return {item for item in (kind if isinstance(kind, list) else [kind]) if isinstance(item, str)}


def _text(value: Any) -> str | None:
    while not isinstance(value, str):
        match value:
            case [first, *_]:
                value = first
            case {"name": inner} | {"@id": inner}:
                value = inner
            case _:
                return None
    return _readable(value) or None


def _crumbs(elements: list[Any]) -> Iterator[tuple[str, str | None]]:
    for element in elements:
        if isinstance(element, dict):
            item = element.get("item")
            name = _text(element.get("name")) or (_text(item) if isinstance(item, dict) else None)
            target = item.get("@id") if isinstance(item, dict) else item
            if name:
                yield name, target if isinstance(target, str) else None
