"""A page whose markup is unknown, laid out in pieces: what every reader by order and wording works on."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from crawler.conventions.days import DateLine, is_misprinted, is_plausible, read_date_line
from crawler.flow import flow
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.piece import Piece

LONGEST_HEADER: Final = 600


@dataclass
class Sheet:
    """One page in pieces. `seen` is when it was fetched, aware; `original` what a copy on another site names."""

    page: Page
    seen: datetime
    original: Address | None = None

    @cached_property
    def address(self) -> Address | None:
        """The article address the page was asked under, or copies."""
        return self.original or newspaper.article_address(self.page.url)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The pieces of the page; a line that is a date line stands alone, whatever it was printed with."""
        parts = (part for piece in flow(self.page.root) for part in _unfolded(piece))
        return [part for part in parts if not (part.is_text and is_misprinted(part.text))]

    @cached_property
    def dates(self) -> dict[int, DateLine]:
        """The date lines an article of this address may have, by the number of their piece."""
        found = ((number, _date_line(piece)) for number, piece in enumerate(self.pieces))
        return {number: line for number, line in found if line and self._allows(line)}

    def _allows(self, line: DateLine) -> bool:
        return is_plausible(line.printed.day, self.address, self.seen)


def _unfolded(piece: Piece) -> list[Piece]:
    """Kicker, title and date line may share a cell, author and date a list."""
    if piece.kind not in {"p", "h", "list"} or len(piece.lines) < 2:
        return [piece]
    lines = [line.text for line in piece.lines] if len(piece.text) <= LONGEST_HEADER else []
    is_header = any(read_date_line(line) or is_misprinted(line) for line in lines)
    return piece.split() if is_header else [piece]


def _date_line(piece: Piece) -> DateLine | None:
    if not piece.is_text or piece.kind == "quote" or piece.is_link:
        return None
    return read_date_line(piece.text)
