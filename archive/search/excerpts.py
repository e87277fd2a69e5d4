"""Titles and excerpts with what was found marked in the accented original.

Every spelling keeps each letter in its place (`archive.vietnamese`), so what is found in the folded
text is marked at the same places of the original.
"""

import html
import re
from functools import lru_cache
from typing import Final

from archive.search.names import Words
from archive.vietnamese import exact, fold, has_accents, spellings

LENGTH: Final = 220  # characters of an excerpt
BEFORE: Final = 60  # of them before the first match

_TAG: Final = re.compile(r"</?mark>")
Span = tuple[int, int]


def marked(text: str, phrases: tuple[Words, ...]) -> str:
    """Return a stored text as HTML, with the phrases in <mark>; a last word ending in * goes on.

    >>> marked("Đam Rông <b>", (("dam", "rong"),)), marked("đang, đảng", (("đảng",),))
    ('<mark>Đam Rông</mark> &lt;b&gt;', 'đang, <mark>đảng</mark>')
    """
    return _as_html(text, 0, len(text), spans(text, phrases))


def excerpt(text: str, phrases: tuple[Words, ...]) -> str:
    """Return the part of a stored text in which most is found, as HTML in one line."""
    found = spans(text, phrases)
    start = _start(text, found)
    end = max(_end(text, start), next((last for first, last in found if first >= start), 0))
    cut = _as_html(text, start, end, [span for span in found if start <= span[0] < span[1] <= end])
    lead = "… " if start else ""
    return lead + " ".join(cut.split()) + (" …" if end < len(text) else "")


def plain(text: str) -> str:
    """Return an excerpt as the text it stands for."""
    return html.unescape(_TAG.sub("", text))


def spans(text: str, phrases: tuple[Words, ...]) -> list[Span]:
    """Return where the phrases stand in a stored text, in order; those that overlap are one."""
    if not phrases:
        return []
    spelt, folded = spellings(text)
    merged: list[Span] = []
    for start, end in sorted(
        found.span()
        for words in phrases
        for found in _pattern(words).finditer(folded)
        if _is_spelt(words, found, spelt)
    ):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=256)
def _pattern(words: Words) -> re.Pattern[str]:
    """The words one after the other, each a group, with no letter or digit at either end."""
    groups = (f"({re.escape(fold(word.removesuffix('*')))})" for word in words)
    end = r"[^\W_]*" if words[-1].endswith("*") else r"(?![^\W_])"
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(groups) + end)


def _is_spelt(words: Words, found: re.Match[str], spelt: str) -> bool:
    """Whether the words typed with accents have just these in the text."""
    return all(
        spelt[found.start(number) : found.end(number)] == exact(word)
        for number, word in enumerate(words, 1)
        if has_accents(word)
    )


def _start(text: str, found: list[Span]) -> int:
    """The beginning of a word shortly before the match with most others close behind it."""
    if not found:
        return 0
    reach = LENGTH - BEFORE
    best = max(found, key=lambda one: sum(one[0] <= each[0] <= one[0] + reach for each in found))
    start = max(0, best[0] - BEFORE)
    return start if start == 0 else text.find(" ", start, best[0]) + 1 or best[0]


def _end(text: str, start: int) -> int:
    if start + LENGTH >= len(text):
        return len(text)
    space = text.rfind(" ", start, start + LENGTH)
    return space if space > start else start + LENGTH


def _as_html(text: str, start: int, end: int, found: list[Span]) -> str:
    parts, at = [], start
    for first, last in found:
        parts += [html.escape(text[at:first], quote=False), "<mark>"]
        parts += [html.escape(text[first:last], quote=False), "</mark>"]
        at = last
    return "".join([*parts, html.escape(text[at:end], quote=False)])
