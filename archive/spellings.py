"""What names an article in a text, in whatever spelling: the last part of its addresses, its number, its title.

A text is brought into one spelling, where looking for a name is looking for a string: percent-encoding, HTML entities
and the escapes of JSON are taken off, also over one another; marks, case and what stands between words do not count.
"""

import html
import re
import unicodedata
import zlib
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import unquote

_ROUNDS: Final = 4  # of encodings over one another
_ESCAPE: Final = re.compile(
    r"(?:\\u|%u)([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,5})\}|\\x([0-9a-fA-F]{2})"
)
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_UNSEEN: Final = re.compile("[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]")
_BETWEEN: Final = re.compile(r"[\W_]+")
_LAST: Final = re.compile(r"/([^/?#]+?)(\.\w+)?/*(?:[?#].*)?$")
_NUMBER: Final = re.compile(r"(?:^|-)((?=[a-f]*+\d)[0-9a-f]++)$")
_SHORTEST_NUMBER: Final = 7  # of the older systems, where nothing else marks it
_SHORTEST_IN_HTML: Final = 5
_SHORTEST_TITLE: Final = 12  # characters, in three words: "Giá vàng" stands on every page
_WORDS: Final = 3
_LARGEST: Final = 2**26  # bytes unpacked


def one_spelling(text: str) -> str:
    r"""Return the words of a text, all in one spelling, a hyphen around each.

    >>> one_spelling("M%E1%BB%99t b&#224;i"), one_spelling(r"/m\u1ed9t-b%25C3%25A0i-1.html")
    ('-mot-bai-', '-mot-bai-1-html-')
    """
    for _ in range(_ROUNDS):
        before, text = text, _unescaped(text)
        if text == before:
            break
    plain = _UNSEEN.sub("", unicodedata.normalize("NFD", text)).lower().replace("đ", "d")
    return f"-{_BETWEEN.sub('-', plain).strip('-')}-"


def _unescaped(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    if "\\" in text or "%u" in text:
        text = text.replace("\\\\", "\\")
        text = _ESCAPE.sub(lambda found: chr(int(found[found.lastindex or 0], 16)), text)
        text = text.replace("\\/", "/")
    return unquote(text) if "%" in text else text


def names_of(urls: Iterable[str], titles: Iterable[str] = ()) -> frozenset[str]:
    """Return what names an article, from all its addresses and titles, as it is looked for in one spelling."""
    names = {name for url in urls for name in _in_links(url)}
    for title in titles:
        name = one_spelling(title)
        if len(name) > _SHORTEST_TITLE and name.count("-") > _WORDS:
            names.add(name)
    return frozenset(names)


def _in_links(url: str) -> Iterable[str]:
    found = _LAST.search(url)
    if not found:
        return
    last, ending = one_spelling(found[1]).strip("-"), (found[2] or "").lower()
    number = _NUMBER.search(last)
    if not number or last != number[1]:
        yield f"-{last}-"
    if number and ending and len(number[1]) >= _SHORTEST_IN_HTML:
        yield f"-{number[1]}-{ending[1:]}-"
    elif number and not ending and len(number[1]) >= _SHORTEST_NUMBER:
        yield f"-{number[1]}-"


def is_named(names: Iterable[str], texts: Collection[str]) -> bool:
    """Return whether one of the names stands in one of these texts, each in one spelling."""
    return any(name in text for name in names for text in texts)


def texts_of(*contents: bytes) -> list[str]:
    """Return contents in one spelling, of gzip what it packs: as they are, and without tags, which may part a title."""
    return [text for content in contents for text in _texts(content)]


def _texts(content: bytes) -> Iterable[str]:
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, _LARGEST)
        except zlib.error:
            return
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if is_wide else "utf-8", "replace")
    yield one_spelling(text)
    if "<" in text:
        yield one_spelling(_TAG.sub("", text))
