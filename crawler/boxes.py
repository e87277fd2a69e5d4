"""What is taken whole: tables of data, lists of text, quotations; other boxes of that kind only lay out a page."""

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from archive.vietnamese import normalise
from crawler.piece import BLOCKS, Line, Piece

_SILENT_TAGS: Final = """
head title meta link base script style noscript template
nav aside select option datalist textarea input button dialog
svg canvas map audio math
"""
SILENT: Final = frozenset(_SILENT_TAGS.split())
LONGEST_CELL: Final = 400  # characters; more is a column of the page
LONGEST_QUOTE: Final = 1500  # characters; older pages use the element to indent whole articles
_BREAK: Final = "\x1f"


def text_lines(element: Any) -> list[str]:
    """Return the text of an element, a line for each of its blocks and breaks."""
    if not len(element):
        return [text] if (text := normalise(element.text or "")) else []
    lines = "".join(_words(element)).split(_BREAK)
    return [text for line in lines if (text := normalise(line))]


def text_of(element: Any) -> str:
    """Return the text of an element as one line."""
    return " ".join(text_lines(element))


def linked_characters(element: Any) -> int:
    """Return how much of an element's text is link text."""
    return sum(len(normalise("".join(link.itertext()))) for link in element.iter("a"))


def whole(element: Any) -> Piece | None:
    """Return the table, list or quotation as one piece, or None where it only lays out a page."""
    match element.tag:
        case "table":
            return _table(element)
        case "blockquote":
            return _quote(element)
        case _:
            return _list(element)


def _words(element: Any) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, each in walk:
        is_break = each.tag in BLOCKS or each.tag == "br"
        if event == "start":
            yield _BREAK if is_break else ""
            if each.tag in SILENT:
                walk.skip_subtree()
            else:
                yield each.text or ""
        else:
            yield _BREAK if is_break else ""
            yield (each.tail or "") if each is not element else ""


def _has(element: Any, *tags: str) -> bool:
    return any(each is not element for each in element.iter(*tags))


def _table(element: Any) -> Piece | None:
    """At least two rows of two cells; no table, picture or heading in it."""
    if _has(element, "table", "img", "h1", "h2", "h3", "iframe", "form"):
        return None
    rows = [[text_of(cell) for cell in row.iter("td", "th")] for row in element.iter("tr")]
    full = [row for row in rows if sum(map(bool, row)) > 1]
    if len(full) < 2 or any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        return None
    lines = tuple(
        Line(" ".join(row), linked=linked_characters(element) if not n else 0)
        for n, row in enumerate(full)
    )
    return Piece("table", element, lines, rows=[row for row in rows if any(row)])


def _list(element: Any) -> Piece | None:
    """Two items of text or more; a list of links, of pictures or of boxes is none."""
    if _has(
        element, "img", "table", "h1", "h2", "h3", "h4", "ul", "ol", "form", "button", "iframe"
    ):
        return None
    items = [text for item in element.iter("li") if (text := text_of(item))]
    linked = linked_characters(element)
    if len(items) < 2 or linked > 0.5 * sum(map(len, items)):
        return None
    lines = tuple(Line(item, linked=0 if n else linked) for n, item in enumerate(items))
    return Piece("list", element, lines, items=items)


def _quote(element: Any) -> Piece | None:
    """A quotation of moderate length with nothing but text in it."""
    if _has(element, "img", "table", "blockquote", "iframe", "h1", "h2", "form"):
        return None
    said = text_lines(element)
    if not said or sum(map(len, said)) > LONGEST_QUOTE:
        return None
    linked = linked_characters(element)
    lines = tuple(Line(line, linked=0 if n else linked) for n, line in enumerate(said))
    return Piece("quote", element, lines)
