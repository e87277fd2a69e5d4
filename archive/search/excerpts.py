"""Titles and excerpts with what was found marked in the accented original.

Every spelling keeps each letter in its place (`archive.vietnamese`), so what is found in the text
without its marks is marked at the same places of the original.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from archive.search.names import Words
from archive.vietnamese import exact, fold, has_accents, unmarked

LENGTH: Final = 220  # characters of an excerpt
BEFORE: Final = 60  # of them before the first match
MOST: Final = 200  # places of a phrase that are looked at in a text; a list of names has thousands

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
    """Return where the phrases stand in a stored text, in order; those that overlap are one.

    Of each phrase the first `MOST` places are looked at.
    """
    if not phrases:
        return []
    bare = unmarked(text)
    merged: list[Span] = []
    for start, end in sorted(
        place for words in phrases for place in islice(_places(text, bare, words), MOST)
    ):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _places(text: str, bare: str, words: Words) -> Iterator[Span]:
    search, at = _pattern(words).search, 0
    while found := search(bare, at):
        start, end = found.span()
        is_whole = start == 0 or not bare[start - 1].isalnum()
        if is_whole and _is_spelt(text, found, words):
            yield start, end
            at = end
        else:
            at = start + 1


@lru_cache(maxsize=256)
def _pattern(words: Words) -> re.Pattern[str]:
    """The words one after the other, each a group, and no letter or digit at the end.

    It begins with letters, which are found many times faster than a place that no letter precedes.
    """
    groups = (f"({_letters(word.removesuffix('*'))})" for word in words)
    end = r"[^\W_]*" if words[-1].endswith("*") else r"(?![^\W_])"
    return re.compile(r"[\W_]+".join(groups) + end)


def _letters(word: str) -> str:
    """A word as a text without marks may have it: there kỹ is still ky."""
    return re.escape(fold(word)).replace("i", "[iy]")


def _is_spelt(text: str, found: re.Match[str], words: Words) -> bool:
    return all(
        _is_word(text[found.start(number) : found.end(number)], word.removesuffix("*"))
        for number, word in enumerate(words, 1)
    )


@lru_cache(maxsize=4096)
def _is_word(printed: str, asked: str) -> bool:
    """Whether a word as printed is the word asked for: with just its accents, if it was typed with any."""
    return exact(printed) == exact(asked) if has_accents(asked) else fold(printed) == fold(asked)


def _start(text: str, found: list[Span]) -> int:
    """The beginning of a word shortly before the match with most others close behind it."""
    if not found:
        return 0
    starts, reach = [first for first, _ in found], LENGTH - BEFORE
    best = max(range(len(starts)), key=lambda n: bisect_right(starts, starts[n] + reach) - n)
    start = max(0, starts[best] - BEFORE)
    return start if start == 0 else text.find(" ", start, starts[best]) + 1 or starts[best]


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
