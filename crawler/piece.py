"""The pieces a page is cut into: its paragraphs, headings, pictures, tables and lists, as a reader sees them.

No class name and no wording is read here. What a piece means (lead, caption, byline) is for others to say.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

_BLOCK_TAGS: Final = """
html body main header footer article section div center address form fieldset hr details summary
p pre blockquote ul ol li dl dt dd figure figcaption caption label marquee noframes
table tbody thead tfoot tr td th
"""
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS: Final = HEADINGS | frozenset(_BLOCK_TAGS.split())

_LETTERS: Final = re.compile(r"[^\W_]+")
_ALIGN: Final = re.compile(r"text-align\s*:\s*(\w+)", re.IGNORECASE)


def comparable(text: str) -> str:
    """Return the letters and digits of a text as stored: case, quotes, dashes, spaces, ellipses do not count.

    >>> comparable('"Hòa bình"...') == comparable("“hòa bình”")
    True
    """
    return "".join(_LETTERS.findall(text.lower()))


def is_readable(text: str) -> bool:
    """Return whether a text has a letter or digit; a lone stop or comma says nothing."""
    return any(map(str.isalnum, text))


@dataclass(slots=True, frozen=True)
class Line:
    """One line of a piece. `linked`, `bold`, `italic` count its characters of that kind;

    `style` names the inline elements around all of it, outermost first.
    """

    text: str
    linked: int = 0
    bold: int = 0
    italic: int = 0
    style: tuple[str, ...] = ()


@dataclass(eq=False)
class Piece:
    """One piece of a page. `kind`: p, h, caption, quote, list, table, image, video, embed.

    A piece of text has `lines`, parted by single breaks; `gap` says that an empty paragraph stood before it.
    `href` is where its first link leads, `url` what a picture or embed shows, `caption` what was found printed
    at a picture.
    """

    kind: str
    element: Any
    lines: tuple[Line, ...] = ()
    href: str | None = None
    url: str | None = None
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    gap: bool = False
    caption: str = ""

    @cached_property
    def text(self) -> str:
        """Its lines; of a picture the alternative text."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def line(self) -> str:
        """Its text as one line."""
        return " ".join(line.text for line in self.lines)

    @cached_property
    def letters(self) -> str:
        """Its letters and digits, for comparing."""
        return comparable(self.text)

    @cached_property
    def linked(self) -> int:
        """How many of its characters are link text."""
        return sum(line.linked for line in self.lines)

    @property
    def is_text(self) -> bool:
        """Whether it is running text: a paragraph, heading, caption, quote or list."""
        return self.kind in {"p", "h", "caption", "quote", "list"}

    @cached_property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return self._is_mostly(sum(line.bold for line in self.lines))

    @cached_property
    def is_italic(self) -> bool:
        """Whether all of it is italic."""
        return self._is_mostly(sum(line.italic for line in self.lines))

    @cached_property
    def is_link(self) -> bool:
        """Whether nearly all of it is link text."""
        return bool(self.text) and self.linked >= 0.8 * len(self.text)

    def _is_mostly(self, marked: int) -> bool:
        return bool(self.text) and marked >= 0.9 * len(self.text)

    @cached_property
    def align(self) -> str | None:
        """How the nearest block is aligned: left, right, center, or None where it does not say."""
        for element in (self.element, self.element.getparent()):
            if element is not None and element.tag in BLOCKS:
                styled = _ALIGN.search(element.get("style") or "")
                stated = element.get("align") or (styled and styled[1])
                if stated or element.tag == "center":
                    return str(stated or "center").lower()
        return None

    @property
    def is_marked(self) -> bool:
        """Whether the page sets it apart from running text: bold, italic, or at the right."""
        return self.is_bold or self.is_italic or self.align == "right"

    def split(self) -> list["Piece"]:
        """Return a piece for each of its lines."""
        if len(self.lines) < 2:
            return [self]
        return [
            Piece("p", self.element, (line,), self.href if line.linked else None)
            for line in self.lines
        ]


def holds(box: Any, element: Any) -> bool:
    """Return whether `element` is `box` or stands in it."""
    return element is box or any(above is box for above in element.iterancestors())
