"""The page in reading order: a tree is cut into pieces at block elements and at doubled line breaks."""

import re
from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from archive.vietnamese import normalise
from crawler.boxes import SILENT, whole
from crawler.piece import BLOCKS, HEADINGS, Line, Piece, is_readable
from crawler.sources import picture_source

LINE_OF_ITS_OWN: Final = 100  # characters; verse, captions and headings have shorter lines

_EMBEDS: Final = frozenset({"iframe", "video", "embed", "object"})
_BOXES: Final = frozenset({"table", "ul", "ol", "blockquote"})
_CAPTIONS: Final = frozenset({"figcaption", "caption"})
_BOLD: Final = frozenset({"b", "strong", "th"})
_ITALIC: Final = frozenset({"i", "em"})
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEAVY: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font\s*:\s*bold", re.IGNORECASE)
_SLANTED: Final = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)


def flow(root: Any, is_foreign: Callable[[Any], bool] | None = None) -> list[Piece]:
    """Return the pieces of the tree below `root` in reading order, without the elements that are foreign."""
    reader = _Reader(is_foreign)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if not reader.enter(element):
                walk.skip_subtree()
        else:
            reader.leave(element)
            if element is not root and element.tail:
                reader.say(element.tail)
    return reader.pieces


class _OpenLine:
    """One line of a paragraph being gathered."""

    __slots__ = ("bold", "italic", "linked", "style", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.linked = self.bold = self.italic = 0
        self.style: list[str] | None = None

    def closed(self) -> Line | None:
        text = normalise("".join(self.words))
        if not text or self.style is None:
            return None
        return Line(text, self.linked, self.bold, self.italic, tuple(self.style))


class _Reader:
    """The state of one pass over a tree: the pieces so far and the paragraph being gathered."""

    def __init__(self, is_foreign: Callable[[Any], bool] | None) -> None:
        self.pieces: list[Piece] = []
        self._is_foreign = is_foreign
        self._skipped: Any = None
        self._blocks: list[tuple[Any, int]] = []  # open ones, and how many pieces stand before
        self._styles: list[str] = []
        self._links: list[str | None] = []
        self._bold = self._italic = self._captions = 0  # how many such elements are open
        self._lines = [_OpenLine()]
        self._href: str | None = None
        self._gap = False

    def enter(self, element: Any) -> bool:
        """Open an element; say whether what stands in it is to be read."""
        tag, style = element.tag, element.get("style")
        if self._passes_over(element, tag, style) or self._takes(element, tag):
            self._skipped = element
            return False
        self._mark(element, tag, style, 1)
        if tag in BLOCKS:
            self._flush()
            self._blocks.append((element, len(self.pieces)))
        else:
            self._styles.append(f"{tag} {element.get('class')} {style}")
            if tag == "a":
                self._links.append(element.get("href"))
                self._href = self._href or element.get("href")
        if element.text:
            self.say(element.text)
        return True

    def leave(self, element: Any) -> None:
        """Close an element."""
        if element is self._skipped:
            self._skipped = None
            return
        tag = element.tag
        if tag in BLOCKS:
            self._flush()
            before = self._blocks.pop()[1]
            self._gap |= len(self.pieces) == before and tag in {"p", "div"}
        else:
            self._styles.pop()
            if tag == "a":
                self._links.pop()
        self._mark(element, tag, element.get("style"), -1)

    def say(self, text: str) -> None:
        """Take in a run of text."""
        line = self._lines[-1]
        line.words.append(text)
        visible = len(text.strip())
        if not visible:
            return
        line.linked += visible if self._links else 0
        line.bold += visible if self._bold else 0
        line.italic += visible if self._italic else 0
        if line.style is None:
            line.style = self._styles.copy()
        elif line.style != self._styles[: len(line.style)]:
            line.style = _common(line.style, self._styles)

    def _passes_over(self, element: Any, tag: str, style: str | None) -> bool:
        return (
            tag in SILENT
            or (style is not None and _HIDDEN.search(style) is not None)
            or element.get("hidden") is not None
            or (self._is_foreign is not None and self._is_foreign(element))
        )

    def _takes(self, element: Any, tag: str) -> bool:
        """Take an element that is one piece by itself."""
        if tag == "br":
            self._break()
        elif tag == "img":
            self._picture(element)
        elif tag in _EMBEDS:
            self._embed(element)
        elif tag in _BOXES and self._blocks and (piece := whole(element)):
            self._flush()
            self._add(piece)
        else:
            return False
        return True

    def _mark(self, element: Any, tag: str, style: str | None, step: int) -> None:
        if tag in _CAPTIONS or (tag == "figure" and _shows(element)):
            self._captions += step
        if tag in _BOLD or (style and _HEAVY.search(style)):
            self._bold += step
        if tag in _ITALIC or (style and _SLANTED.search(style)):
            self._italic += step

    def _break(self) -> None:
        if self._lines[-1].style is not None:
            self._lines.append(_OpenLine())
        elif len(self._lines) > 1:
            self._flush()
            self._gap = True

    def _flush(self) -> None:
        href, self._href = self._href, self._links[-1] if self._links else None
        if len(self._lines) == 1 and self._lines[0].style is None:
            self._lines[0].words.clear()
            return
        lines = _read_lines(self._lines)
        self._lines = [_OpenLine()]
        if lines and self._blocks:
            block = self._blocks[-1][0]
            kind = "caption" if self._captions else "h" if block.tag in HEADINGS else "p"
            are_apart = kind == "p" and _are_apart(lines)
            for group in [[line] for line in lines] if are_apart else [lines]:
                self._add(Piece(kind, block, tuple(group), href))

    def _add(self, piece: Piece) -> None:
        piece.gap, self._gap = self._gap, False
        self.pieces.append(piece)

    def _picture(self, element: Any) -> None:
        source = picture_source(element)
        if source:
            self._flush()
            alternative = Line(normalise(element.get("alt") or ""))
            href = self._links[-1] if self._links else None
            self._add(Piece("image", element, (alternative,), href, source))

    def _embed(self, element: Any) -> None:
        inner = [element, *element.iter("source", "embed")]
        stated = (each.get("data-src") or each.get("src") for each in inner)
        source = next(filter(None, stated), None)
        if source:
            self._flush()
            kind = "video" if element.tag == "video" else "embed"
            self._add(Piece(kind, element, url=source))


def _read_lines(open_lines: list[_OpenLine]) -> list[Line]:
    """The lines that say anything; beside others a lone stop or comma (after bylines, 2016-2020) is none."""
    lines = [line for open_line in open_lines if (line := open_line.closed())]
    return [line for line in lines if is_readable(line.text)] or lines[:1]


def _common(first: list[str], second: list[str]) -> list[str]:
    same = 0
    while same < min(len(first), len(second)) and first[same] == second[same]:
        same += 1
    return first[:same]


def _are_apart(lines: list[Line]) -> bool:
    """Long lines parted by single breaks are paragraphs, and so are lines of which some are links."""
    return any(
        len(line.text) > LINE_OF_ITS_OWN or line.linked > 0.6 * len(line.text) for line in lines
    )


def _shows(figure: Any) -> bool:
    """All text in a figure that shows something is its caption (ONECMS: figure .lg-caption h2)."""
    return next(figure.iter("img", "video", "iframe"), None) is not None
