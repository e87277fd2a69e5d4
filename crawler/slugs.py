"""One article number under many slugs: the newspaper answers for any of them, so only some are asked for."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from archive.model import Found

# A title that is edited gives another slug, and two newspapers' numbers met in today's addresses.
_MOST: Final = 8  # addresses of one number, in one run
_NUMBER: Final = re.compile(r"\d+$")


class Slugs:
    """The addresses of this run, by the number in them, where that alone is no key."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}
        self._left: dict[str, set[str]] = {}

    def within(self, found: Iterable[Found]) -> list[Found]:
        """Return the addresses without those of a number that has many."""
        return [each for each in found if each.kind != "article" or self._takes(each)]

    def _takes(self, found: Found) -> bool:
        number = _NUMBER.search(found.key) if found.key.startswith("c/") else None
        if number is None:
            return True
        known = self._known.setdefault(number[0], set())
        if found.key in known or len(known) < _MOST:
            known.add(found.key)
            return True
        self._left.setdefault(number[0], set()).add(found.key)
        return False

    def said(self) -> Iterator[str]:
        """Yield a line that says what was left out."""
        if self._left:
            count = sum(map(len, self._left.values()))
            number = next(iter(self._left))
            yield (
                f"{count:,} addresses were left out: their numbers stand in {_MOST} others, {number} for one."
            )
