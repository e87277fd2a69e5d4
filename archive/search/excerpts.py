"""Titles and excerpts with what was found marked in the accented original."""

import html
import re
from typing import Final

OPEN, CLOSE = "\x02", "\x03"  # around a match as FTS5 gives it; no stored text has them
LENGTH: Final = 220  # characters of an excerpt
BEFORE: Final = 60  # of them before the first match

_SIGN: Final = re.compile(f"[{OPEN}{CLOSE}]")
Span = tuple[int, int]


def marked(*texts: str) -> str:
    r"""Return one text as HTML, with what is marked in any of its copies in <mark>.

    >>> marked("\x02Đam\x03 Rông <b>", "Đam \x02Rông\x03 <b>")
    '<mark>Đam</mark> <mark>Rông</mark> &lt;b&gt;'
    """
    text = _SIGN.sub("", texts[0])
    return _as_html(text, 0, len(text), _spans(texts))


def excerpt(*texts: str) -> str:
    """Return the part of a text in which most is marked in any of its copies, as HTML in one line."""
    text = _SIGN.sub("", texts[0])
    spans = _spans(texts)
    start = _start(text, spans)
    end = _end(text, start)
    cut = _as_html(text, start, end, [span for span in spans if start <= span[0] < span[1] <= end])
    lead = "… " if start else ""
    return lead + " ".join(cut.split()) + (" …" if end < len(text) else "")


def plain(text: str) -> str:
    """Return what `<mark>` and entities stand for taken out of an excerpt."""
    return html.unescape(re.sub(r"</?mark>", "", text))


def _spans(texts: tuple[str, ...]) -> list[Span]:
    """Where anything is marked, in order, in places of the text without the marks; none overlap."""
    merged: list[Span] = []
    for start, end in sorted(span for text in texts for span in _marks(text)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _marks(text: str) -> list[Span]:
    spans, start = [], 0
    for signs, sign in enumerate(_SIGN.finditer(text)):
        place = sign.start() - signs
        if sign[0] == OPEN:
            start = place
        else:
            spans.append((start, place))
    return spans


def _start(text: str, spans: list[Span]) -> int:
    """The word before the match with most others close behind it."""
    if not spans:
        return 0
    reach = LENGTH - BEFORE
    best = max(spans, key=lambda one: sum(one[0] <= each[0] <= one[0] + reach for each in spans))
    start = max(0, best[0] - BEFORE)
    return start if start == 0 else text.find(" ", start, best[0]) + 1 or best[0]


def _end(text: str, start: int) -> int:
    if start + LENGTH >= len(text):
        return len(text)
    space = text.rfind(" ", start, start + LENGTH)
    return space if space > start else start + LENGTH


def _as_html(text: str, start: int, end: int, spans: list[Span]) -> str:
    parts, at = [], start
    for first, last in spans:
        parts += [html.escape(text[at:first], quote=False), "<mark>"]
        parts += [html.escape(text[first:last], quote=False), "</mark>"]
        at = last
    return "".join([*parts, html.escape(text[at:end], quote=False)])
