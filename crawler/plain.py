"""A copy in plain text, as people keep what a site showed them: its lines made a page, to be read as one.

A picture is left as its caption twice in a row, the alternative text and the visible one; the lead as the one
paragraph between title and first picture. Wrapped lines are joined.
"""

from collections.abc import Iterator
from datetime import datetime
from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Final

from archive import addresses
from archive.model import Article
from archive.vietnamese import normalise, slug
from crawler.layouts.republished import is_source_line, read_copy
from crawler.newspapers import Address
from crawler.page import Page, as_utf8
from crawler.piece import comparable

TITLE_WITHIN: Final = 12  # lines from the top
LONGEST_TITLE: Final = 300  # characters
ALIKE: Final = 0.6  # of a title and the words of its address
SHORTEST_LEAD: Final = 30
SHORTEST_CAPTION: Final = 10  # letters
MOST_CAPTION_LINES: Final = 3
WRAPPED_AT: Final = range(55, 100)  # characters of lines that were wrapped, not ended
_STOPS: Final = (".", "!", "?", "…", "”", '"', ":")
_NOWHERE: Final = "https://picture.invalid/"  # the text does not tell where its pictures lie


def lines_of(body: bytes) -> list[str]:
    """Return the lines of a plain text, normalised; a blank line is an empty one."""
    return [normalise(line) for line in as_utf8(body).decode(errors="replace").splitlines()]


def read_text(body: bytes, address: Address, seen: datetime) -> Article | None:
    """Return the article at `address` as read from a copy in plain text, or None where it has no text."""
    page = marked_up(paragraphs(lines_of(body)), address)
    article = read_copy(Page(address.url, page.encode()), address, seen) if page else None
    for block in article.blocks if article else ():
        if block.type == "image":
            block.url = None
    return article


def paragraphs(lines: list[str]) -> list[str]:
    """Return the paragraphs of a text: its lines, those joined that were wrapped."""
    groups = (list(group) for filled, group in groupby(lines, key=bool) if filled)
    return [
        text for group in groups for text in ([" ".join(group)] if _is_wrapped(group) else group)
    ]


def _is_wrapped(group: list[str]) -> bool:
    """Three lines or more of about one length, that mostly end within a sentence."""
    before = group[:-1]
    open_ends = sum(not line.endswith(_STOPS) for line in before)
    return (
        len(before) > 1
        and all(len(line) in WRAPPED_AT for line in before)
        and 2 * open_ends > len(before)
    )


def marked_up(texts: list[str], address: Address) -> str:
    """Return the paragraphs from the title to the line that names the source as a page, or "" where none are."""
    title = _title(texts, address)
    if title is None:
        return ""
    below = texts[title + 1 :]
    ends = (number for number, text in enumerate(below) if is_source_line(text))
    parts = list(_parts(below[: next(ends, None)], texts[title]))
    first = next((number for number, (kind, _) in enumerate(parts) if kind == "picture"), None)
    if first == 1 and len(parts[0][1]) >= SHORTEST_LEAD:
        parts[0] = ("lead", parts[0][1])
    body = "\n".join(_element(number, *part) for number, part in enumerate(parts))
    said = escape(texts[title])
    head = f"<head><title>{said}</title></head>"
    return f"<html>{head}<body><h1>{said}</h1>\n<div>{body}</div></body></html>"


def _title(texts: list[str], address: Address) -> int | None:
    """The number of the line that is most like the words of the address; the first where none is like them."""
    words = addresses.path(address.url).rstrip("/").rpartition("/")[2].rpartition("-")[0]

    def likeness(number: int) -> float:
        return SequenceMatcher(None, slug(texts[number][:LONGEST_TITLE]), words).ratio()

    best = max(range(min(len(texts), TITLE_WITHIN)), key=likeness, default=None)
    return 0 if best is not None and likeness(best) < ALIKE else best


def _parts(texts: list[str], title: str) -> Iterator[tuple[str, str]]:
    """Each paragraph or picture, the latter by its caption."""
    number = 0
    while number < len(texts):
        text, again = texts[number], _said_again(texts, number)
        number += 1 + again
        if comparable(text) != comparable(title):
            yield ("picture" if again else "text"), text


def _said_again(texts: list[str], number: int) -> int:
    """How many lines below a line say the same once more."""
    said = comparable(texts[number])
    below = texts[number + 1 : number + 1 + MOST_CAPTION_LINES]
    if len(said) < SHORTEST_CAPTION:
        return 0
    spans = range(1, MOST_CAPTION_LINES + 1)
    return next((span for span in spans if comparable("".join(below[:span])) == said), 0)


def _element(number: int, kind: str, text: str) -> str:
    said = escape(text)
    if kind == "picture":
        caption = f"<figcaption>{said}</figcaption>"
        return f'<figure><img src="{_NOWHERE}{number}.jpg" alt="{said}">{caption}</figure>'
    return f'<p class="sapo">{said}</p>' if kind == "lead" else f"<p>{said}</p>"
