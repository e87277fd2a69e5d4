"""The date line of an article, and what its date may be trusted for."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from archive.dates import (
    VIETNAM,
    PrintedDate,
    has_misprint,
    is_possible,
    printed_dates,
    printed_time,
)
from archive.model import Precision
from crawler.newspapers import Address

LONGEST_LINE: Final = 160  # characters
LONGEST_SIDE: Final = 60  # characters before or after the date: an author, a section, a label
_EDGES: Final = " \t|-–—•·,;:*/()>»"
_NEAR: Final = timedelta(
    days=3
)  # what was written on the last day of a month may be filed under the next


class DateLine(NamedTuple):
    """A date line as printed: its date, and what stands before and after it."""

    printed: PrintedDate
    before: str
    after: str


def read_date_line(text: str) -> DateLine | None:
    """Return the date of a date line with what stands around it, or None where `text` is none.

    >>> line = read_date_line("LAM ANH 06:20, 15/11/2023")
    >>> line.printed.day.isoformat(), line.before, line.after
    ('2023-11-15', 'LAM ANH', '')
    """
    line = " ".join(text.split())
    if len(line) > LONGEST_LINE or not any(map(str.isdigit, line)) or _is_clock(line):
        return None
    for printed in printed_dates(line):
        before, after = line[: printed.start].strip(_EDGES), line[printed.end :].strip(_EDGES)
        if len(before) <= LONGEST_SIDE and len(after) <= LONGEST_SIDE and not after.endswith("."):
            return DateLine(printed, before, after)
    return None


def is_misprinted(text: str) -> bool:
    """Return whether `text` is a date line whose date no calendar has: it tells nothing, and is no text."""
    return len(text) <= LONGEST_SIDE + LONGEST_SIDE and has_misprint(text)


def is_plausible(day: date, address: Address | None, seen: datetime) -> bool:
    """Return whether an article at `address`, fetched at `seen`, may have been published on that day.

    The month in the older addresses (/YYYYMM/) agrees with the date in every sample known.
    """
    if not is_possible(day, seen):
        return False
    if address is None or address.month is None:
        return True
    return address.month in {f"{near:%Y%m}" for near in (day - _NEAR, day, day + _NEAR)}


def publication(
    printed: PrintedDate, address: Address | None, seen: datetime
) -> tuple[str, Precision] | None:
    """Return `published_at` and its precision for a printed date, or None where it cannot be.

    Pages of the oldest system as re-rendered in 2020-2022 print the month where the minutes belong, on a
    twelve-hour clock ("05:10, 24/10/2016"): nine of nine samples. There the day stands and the time is unknown.
    """
    if not is_possible(printed.day, seen):
        return None
    if printed.clock is None or _month_for_minutes(printed, address):
        return printed.day.isoformat(), "day"
    return printed_time(datetime.combine(printed.day, printed.clock, VIETNAM)), "minute"


def _month_for_minutes(printed: PrintedDate, address: Address | None) -> bool:
    if (
        printed.labelled
        or printed.clock is None
        or address is None
        or address.generation != "numbered"
    ):
        return False
    return printed.clock.minute == printed.day.month


def _is_clock(line: str) -> bool:
    """The day of the visit, at the head of many pages: "Hôm nay, Chủ nhật, ngày 13 tháng 10 năm 2013"."""
    return line.casefold().startswith(("hôm nay", "bây giờ", "today"))
