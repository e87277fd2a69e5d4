"""Days as people name them: a day, a month or a year, of which the first and the last day are meant."""

import re
from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_PRINTED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class Span(NamedTuple):
    """The days that were named, in Vietnam, both ends included."""

    first: date
    last: date


def named(text: str) -> Span:
    """Return the days that a text names: 2022-03-31, 31/3/2022, 2022-03 or 2022. Raises ValueError where it is none.

    >>> [str(day) for day in named("2022-02")], [str(day) for day in named("31/3/2022")]
    (['2022-02-01', '2022-02-28'], ['2022-03-31', '2022-03-31'])
    """
    written = text.strip()
    if iso := _ISO.fullmatch(written):
        year, month, day = iso.groups()
    elif printed := _PRINTED.fullmatch(written):
        day, month, year = printed.groups()
    else:
        raise ValueError(f"{text!r} is no day, month or year")
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return Span(first, first)
    last_month = first.replace(month=int(month or 12))
    return Span(first, last_month.replace(day=monthrange(first.year, last_month.month)[1]))
