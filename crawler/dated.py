"""Finding the date line of an article, by wording and order."""

from typing import Any, Final

from crawler.conventions.days import DateLine
from crawler.piece import Piece, holds
from crawler.sheet import Sheet

BELOW: Final = 14  # pieces in which a date line may follow the title: tools, author, lead
ABOVE: Final = 5
PROSE: Final = 120  # characters
PARAGRAPHS: Final = 2  # that may stand between title and date line: a lead, and what repeats it


def find_date_line(sheet: Sheet, title: int) -> int | None:
    """Return the number of the piece that is the date line: below the title, before the text; or just above.

    Else a labelled date anywhere below the title, where the month in the address vouches for it.
    """
    for index in (*_below(sheet.pieces, title), *_above(sheet, title)):
        if index in sheet.dates:
            return index
    if sheet.address is None or sheet.address.month is None:
        return None
    labelled = (
        index for index, line in sheet.dates.items() if index > title and _is_labelled(line)
    )
    return next(labelled, None)


def _is_labelled(line: DateLine) -> bool:
    return line.printed.labelled and not line.before and not line.after


def _below(pieces: list[Piece], title: int) -> list[int]:
    """The places a date line may have below the title."""
    places: list[int] = []
    paragraphs = 0
    for index in range(title, min(len(pieces), title + BELOW)):
        if (
            pieces[index].kind == "p"
            and len(pieces[index].text) > PROSE
            and not pieces[index].is_link
        ):
            paragraphs += 1
        if paragraphs > PARAGRAPHS:
            break
        places.append(index)
    return places


def _above(sheet: Sheet, title: int) -> list[int]:
    """The places above it: labelled or in a box with the title, which the clock at the head of the page is not."""
    nearest = range(title - 1, max(-1, title - 1 - ABOVE), -1)
    dated = [index for index in nearest if index in sheet.dates]
    heading = sheet.pieces[title].element
    return [
        index
        for index in dated
        if sheet.dates[index].printed.stated or _is_in_header(sheet.pieces[index].element, heading)
    ]


def _is_in_header(element: Any, title: Any) -> bool:
    box = element.getparent()
    for _ in range(2):
        if box is None or box.tag in {"html", "body", "table", "tbody", "tr", "form", "center"}:
            return False
        if holds(box, title):
            return True
        box = box.getparent()
    return False
