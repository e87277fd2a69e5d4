"""A page in which no article was found: what it says, in words; and by which name it is known again elsewhere.

Only what a reader sees counts: pages mention captchas and missing pages in scripts too.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from zlib import crc32

from archive.vietnamese import normalise
from crawler import conventions as say
from crawler.page import Page

_READ: Final = 2000  # characters: who refuses or has nothing says so at once
_SHORT: Final = 1500  # of a message; price lists and forms too speak of captchas
_SHORTEST: Final = 600
_SHOWN: Final = 60
_MANY: Final = 3  # addresses with one and the same page: no layout that broke, but a message to all
_SEEN: Final = "//body//text()[not(parent::script or parent::style or parent::template)]"
_MARK: Final = re.compile(r"\(page ([0-9a-f]{8})[:,]")


def visible(page: Page) -> str:
    """Return the words of a page as a reader sees them; the first line is its title."""
    words = " ".join(" ".join(page.root.xpath(_SEEN)).split())
    return f"{page.head_title or ''}\n{normalise(words)}"


def named(url: str, body: bytes, content_type: str | None) -> str:
    """Return how a look names what it saw; "" where that is too much to be read."""
    try:
        return quoted(visible(Page(url, body, content_type)))
    except ValueError:
        return "" if body.strip() else quoted("")


def refuses(text: str) -> bool:
    """Return whether the words of a page without an article are a firewall's refusal."""
    return len(text) <= _SHORT and say.says_refused(text)


def has_nothing(text: str) -> bool:
    """Return whether the words of a page without an article say that there is none, and not that it comes later."""
    if len(text) <= _SHORT and say.says_later(text):
        return False
    return say.says_not_here(text[:_READ]) or (
        len(text) <= _SHORTEST and say.says_nothing_here(text)
    )


def quoted(text: str) -> str:
    """Return how a look names a page without an article: the same for the same words, whatever numbers stand there.

    >>> quoted("Đang bảo trì. Mã 8f3a2") == quoted("Đang bảo trì. Mã 77ab1")
    False
    >>> mark_of(quoted("Đang bảo trì. Mã 8f3a2")) == mark_of(quoted("Đang bảo trì. Mã 77ab1"))
    True
    """
    words = " ".join(word for word in text.lower().split() if not re.search(r"\d", word))
    shown = "".join(sign for sign in " ".join(text.split())[:_SHOWN] if sign.isprintable()).strip()
    mark = f"page {crc32(words.encode()):08x}"
    return f"({mark}: “{shown}”)" if shown else f"({mark}, which is empty)"


def mark_of(detail: str) -> str | None:
    """Return by which mark a look named the page it saw, None where it saw none."""
    found = _MARK.search(detail)
    return found[1] if found else None


def common(details: Iterable[str]) -> Counter[str]:
    """Return the marks of pages that many looks saw, by how many."""
    marks = Counter(mark for detail in details if (mark := mark_of(detail)))
    return Counter({mark: count for mark, count in marks.items() if count >= _MANY})


def apart(details: Iterable[str]) -> list[str]:
    """Return the looks without an article that saw pages of their own."""
    details = list(details)
    messages = common(details)
    return [detail for detail in details if mark_of(detail) not in messages]
