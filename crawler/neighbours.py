"""The date printed beside a link of a list: in the smallest box around it that holds no other article's link."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from archive.dates import printed_dates
from archive.vietnamese import normalise
from crawler import bounds

_ITEM: Final = frozenset({"li", "article", "tr", "dd", "figure", "section", "div"})
_NEAR: Final = 4  # boxes around a link that may be its own
_READ: Final = 1000  # characters of such a box
_SEVERAL: Final = object()


class Neighbours:
    """Which boxes of a page hold links to one article only. Each is looked at a few times, however they nest."""

    def __init__(self, links: Iterable[tuple[Any, str]]) -> None:
        """`links` are the elements that lead to articles, each with its href."""
        self._held: dict[Any, object] = {}  # box -> the one href within, or _SEVERAL
        for link, href in links:
            self._note(link, href)

    def _note(self, link: Any, href: str) -> None:
        told: object = href
        for box in link.iterancestors():
            known = self._held.get(box)
            if known is _SEVERAL or known == told:
                return  # and so it is all the way up
            if known is not None:
                told = _SEVERAL
            self._held[box] = told

    def day_beside(self, link: Any) -> date | None:
        """Return the day printed beside a link, or None."""
        box = link
        for _ in range(_NEAR):
            box = box.getparent()
            if box is None or box.tag in {"body", "html"} or self._held[box] is _SEVERAL:
                return None
            if box.tag in _ITEM:
                dates = printed_dates(normalise(bounds.beginning(box, _READ, " "))[:_READ])
                if dates:
                    return dates[0].day
        return None
