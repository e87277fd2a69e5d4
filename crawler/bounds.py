"""How much of a page or list is read: what would cost more than 3 s or 300 MB is refused, most of it before parsing.

The longest pages seen have 0.2 MB, 4,000 tags, 40 levels; the sitemap protocol ends at 50,000 addresses. The bounds lie
five to twenty times above that. The bytes are kept whatever is refused: they are a capture before they are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

# libxml2 compares each attribute of a tag with all others of it: 13,000 cost a second, a few hundred nothing.
_ATTRIBUTES: Final = 500
_HARMLESS: Final = 2**17  # bytes in which no tag has room for so many that it matters
_DEEP: Final = (
    100  # levels; with no more than so many the sum of the depths is small where tags are few
)

_TAG: Final = re.compile(
    rb"<[a-zA-Z][^\s/>]*+(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?|=)*+"
)
_ATTRIBUTE: Final = re.compile(rb"[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?")
_DEEPER: Final = etree.XPath(f"boolean({'/*' * _DEEP})")


class TooMuch(ValueError):
    """A page or list that would cost too much to read; the message is a clause that says of what it has too much."""


@dataclass(slots=True, frozen=True)
class Bounds:
    """The most that is read: bytes, tags, elements, and the sum of the depths of all elements.

    That sum is what it costs to look at everything within, or around, each element in turn.
    """

    size: int
    tags: int
    elements: int
    depths: int

    def check_size(self, data: bytes) -> None:
        """Raise TooMuch where there are more bytes than are looked at."""
        check(len(data), self.size, "bytes")

    def check_xml(self, data: bytes) -> None:
        """Raise TooMuch where XML would cost too much to parse."""
        self.check_size(data)
        check(data.count(b"<"), self.tags, "tags")

    def check_html(self, data: bytes) -> None:
        """Raise TooMuch where HTML would cost too much to parse."""
        self.check_xml(data)
        if len(data) > _HARMLESS:
            for tag in _TAG.finditer(data):
                if tag.end() - tag.start() > 2 * _ATTRIBUTES:
                    check(sum(1 for _ in _ATTRIBUTE.finditer(tag[0])), _ATTRIBUTES, "attributes")

    def check_json(self, data: bytes) -> None:
        """Raise TooMuch where JSON would cost too much to parse."""
        self.check_size(data)
        check(sum(map(data.count, (b"[", b"{", b","))), self.tags, "parts")

    def check_tree(self, root: Any) -> None:
        """Raise TooMuch where a parsed tree is so large or deep that reading it would cost too much."""
        elements = int(root.xpath("count(//*)"))
        check(elements, self.elements, "elements")
        if _DEEPER(root) or elements * _DEEP > self.depths:
            check(sum(_depths(root)), self.depths, "levels of elements in elements")


# An article, or a list that is a page.
PAGE: Final = Bounds(size=4 * 2**20, tags=25_000, elements=12_000, depths=1_000_000)
# XML; JSON.
LIST: Final = Bounds(size=8 * 2**20, tags=600_000, elements=300_000, depths=3_000_000)


def _depths(root: Any) -> Iterator[int]:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            yield depth


def check(found: int, most: int, what: str) -> None:
    """Raise TooMuch where there is more of something than is read."""
    if found > most:
        raise TooMuch(f"more than {most:,} {what}: too much to be read")


def beginning(element: Any, most: int, between: str = "") -> str:
    """Return the text of an element, its parts joined by `between`; not much more of it than `most` characters."""
    texts: list[str] = []
    length = 0
    for text in element.itertext():
        said = text.strip()
        texts.append(text if len(text) <= most else f" {said[: most + 1]} ")
        length += len(said)
        if length > most:
            break
    return between.join(texts)
