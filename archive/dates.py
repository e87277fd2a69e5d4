"""Dates as Vietnamese newspapers print them, and as machines write them.

python-dateutil reads machine dates only: given "19:25 (GMT+7)" it answers seven hours *behind* Greenwich.
"""

import os
import re
import time as seconds
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from dateutil import parser

VIETNAM: Final = timezone(timedelta(hours=7))

EARLIEST_YEAR: Final = 1990  # before it nothing was printed on the web
LATEST_YEAR: Final = 2100
_HISTORY: Final = 1000  # the year 0001 is no date that anybody writes about
LONGEST_STAMP: Final = 64  # characters; a machine needs no more for a moment

_CLOCK: Final = (
    r"(?P<hour{n}>\d{{1,2}})\s?(?::|h|g|giờ)\s?(?P<minute{n}>\d{{2}})(?!\d)(?::\d{{2}}(?!\d))?(?:\s?phút)?"
    r"(?:\s?(?P<half{n}>AM|PM|SA|CH)\b)?"
)
_WEEKDAY: Final = (
    r"(?:Th[ứử]\s*(?:[2-7]|hai|ba|t[ưứ]|n[ăa]m|sáu|b[ảẩ]y)|Chủ\s*nhật|CN"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
# 26/12/2017, 05-09-2026, 3.2.2021, "13 tháng 10 năm 2013"; a month 47 is left to date() to refuse.
_DAY: Final = (
    r"(?<![\d/.-])(?P<day>\d{1,2})"
    r"(?:\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?|\s+tháng\s+(?P<month2>\d{1,2})[,\s]+(?:năm\s+)?)"
    r"(?P<year>\d{4})(?!\d)"
)
_LABEL: Final = (
    r"(?:Cập\s*nhật|Ngày\s*đăng|Đăng\s*(?:lúc|ngày)|Xuất\s*bản|Updated?|Published|Posted)"
    r"(?:\s*+(?:lúc|ngày|at|on)\b)*\s*+(?::\s*+)?"  # possessive: blanks are not tried in every way
)
_ZONE: Final = r"[\[(]?(?:GMT|UTC)\s?\+\s?0?7(?::?00)?[\])]?"
_GAP: Final = r"[\s,;|–•-]*"
_PRINTED: Final = re.compile(
    rf"(?P<label>{_LABEL})?(?:{_CLOCK.format(n=1)}\s?(?:{_ZONE})?{_GAP})?(?P<weekday>{_WEEKDAY}{_GAP})?(?:ngày\s+)?{_DAY}"
    rf"(?:{_GAP}(?:lúc\s*)?{_CLOCK.format(n=2)})?(?P<zone>\s*{_ZONE})?",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"\d{4}")
_MAIL: Final = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_MONTH_FIRST: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}\s.*\b[AP]M\b", re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class PrintedDate:
    """A date found in text: what stood there, the day, the clock where one was printed, and its place.

    `stated` is true where a label ("Cập nhật lúc") stood before it, `labelled` also for a weekday or a zone.
    """

    raw: str
    day: date
    clock: time | None
    start: int
    end: int
    labelled: bool
    stated: bool


def is_possible(day: date, seen: datetime) -> bool:
    """Return whether what was fetched at `seen` may have been published on that day, whatever states it.

    Systems print an empty date as 0001 (.NET), 1899 (OLE) or 1970 (Unix).

    >>> seen = datetime(2026, 11, 30, 3, tzinfo=UTC)
    >>> [is_possible(date(year, 11, 30), seen) for year in (1, 1970, 1990, 2026, 2027)]
    [False, False, True, True, False]
    """
    return day.year >= EARLIEST_YEAR and day <= vietnamese_day(seen)


def printed_dates(text: str) -> list[PrintedDate]:
    """Return every date printed in `text`; impossible ones (month 47, the year 0001) are left out, never guessed at.

    >>> found = printed_dates("Cập nhật lúc 08:27, Thứ Ba, 26/12/2017 (GMT+7)")
    >>> found[0].day.isoformat(), found[0].clock.isoformat()
    ('2017-12-26', '08:27:00')
    >>> printed_dates("30/47/2023")
    []
    """
    found = [printed for match in _matches(text) if (printed := _printed(match))]
    return [each for each in found if each.day.year >= EARLIEST_YEAR]


def has_misprint(text: str) -> bool:
    """Return whether `text` prints a date that no calendar has, as "30/47/2023" with its minutes for the month.

    An empty date with its clock, as "01/01/0001 12:00:00", is one too; a day of history is none.

    >>> has_misprint("08:47, Thứ Bảy, 30/47/2016"), has_misprint("08:47, 30/04/2016")
    (True, False)
    >>> has_misprint("01/01/1970 07:00"), has_misprint("2/9/1945")
    (True, False)
    """
    return any(_is_empty(_printed(match)) for match in _matches(text))


def _is_empty(printed: PrintedDate | None) -> bool:
    if printed is None or printed.day.year < _HISTORY:
        return True
    return printed.day.year < EARLIEST_YEAR and bool(printed.clock or printed.labelled)


def _matches(text: str) -> Iterator[re.Match[str]]:
    return _PRINTED.finditer(text) if _YEAR.search(text) else iter(())


def _printed(match: re.Match[str]) -> PrintedDate | None:
    found = match.groupdict()
    try:
        day = date(int(found["year"]), int(found["month"] or found["month2"]), int(found["day"]))
    except ValueError:
        return None
    clock = _clock(found, "1") or _clock(found, "2")
    stated = bool(found["label"])
    labelled = stated or bool(found["weekday"] or found["zone"])
    return PrintedDate(
        match.group().strip(), day, clock, match.start(), match.end(), labelled, stated
    )


def _clock(found: dict[str, str | None], which: str) -> time | None:
    hour, minute, half = (found[f"{name}{which}"] for name in ("hour", "minute", "half"))
    if hour is None or minute is None:
        return None
    if half:  # twelve at night is 12:37 AM
        hour = str(int(hour) % 12 + (12 if half.upper() in {"PM", "CH"} else 0))
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def machine_time(text: str | None) -> datetime | None:
    """Return the moment a feed, sitemap or meta tag states, aware; without a zone it is Vietnamese time.

    US order ("9/5/2026 10:17:01 PM" is the fifth of September) is what ONECMS writes into its meta tags.

    >>> machine_time("9/5/2026 10:17:01 PM").isoformat()
    '2026-09-05T22:17:01+07:00'
    >>> machine_time("nonsense") is None
    True
    """
    stamp = (text or "").strip()
    if len(stamp) > LONGEST_STAMP or not re.search(r"\d{4}", stamp):
        return None
    try:
        moment = _parsed(stamp)
        offset = moment.utcoffset()  # fails where the zone is more than a day
    except (ValueError, OverflowError, TypeError, ArithmeticError):
        return None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return None
    return moment if offset is not None else moment.replace(tzinfo=VIETNAM)


def mail_date(text: str | None) -> datetime | None:
    """Return the moment (UTC) of a date as mail and HTTP write it, None where it is none that can be.

    >>> mail_date("Sat, 05 Sep 2026 10:20:00 +0700").isoformat(), mail_date("Sat, 05 Sep 99999999999 10:20:00 GMT")
    ('2026-09-05T03:20:00+00:00', None)
    """
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


def _parsed(stamp: str) -> datetime:
    """Read ISO 8601, then whatever dateutil knows: the day first, unless it is the US form with its AM and PM."""
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        if _MAIL.fullmatch(stamp):
            return parsedate_to_datetime(stamp)  # what feeds write, in a tenth of dateutil's time
        zoned = re.sub(_ZONE, "+0700", stamp, flags=re.IGNORECASE)
    is_day_first = re.match(r"\d{1,2}[/.-]", zoned) and not _MONTH_FIRST.match(zoned)
    moment: datetime = parser.parse(zoned, dayfirst=bool(is_day_first), tzinfos=_offset)
    return moment


def _offset(_name: str | None, seconds_east: int | None) -> int | None:
    """The zone dateutil read as a number; a name alone (ICT, PST) says nothing.

    Left to itself it warns of names it does not know, and takes those this machine has for its own zone.
    """
    return seconds_east


def vietnamese_day(moment: datetime) -> date:
    """Return the calendar day in Vietnam of an aware moment."""
    return moment.astimezone(VIETNAM).date()


def now() -> datetime:
    """Return the present moment, in UTC: the only clock the product reads for facts.

    `LAMDONG_NOW` in the environment is the moment at which the process is to have begun (ISO 8601 with a zone);
    from there its time goes on with the monotonic clock.
    """
    if _SIMULATED is None:
        return datetime.now(UTC)
    return _SIMULATED + timedelta(seconds=seconds.monotonic() - _BEGAN)


def set_clock(moment: str | None) -> None:
    """Let `now` begin at a moment, as LAMDONG_NOW does; the machine's own time again with None or "".

    Raises SystemExit with one sentence where `moment` is none: a process with a wrong clock must not write facts.

    >>> set_clock("2026-09-05T22:17:00+07:00")
    >>> now().isoformat(timespec="minutes")
    '2026-09-05T15:17+00:00'
    >>> set_clock(None)
    """
    global _BEGAN, _SIMULATED
    _BEGAN, _SIMULATED = seconds.monotonic(), _moment(moment) if moment else None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SystemExit(
            f"Error: LAMDONG_NOW={text!r} is no moment; write it with its zone, as 2026-09-05T22:17:00+07:00."
        ) from None


_BEGAN = 0.0
_SIMULATED: datetime | None = None
set_clock(os.environ.get("LAMDONG_NOW"))


def timestamp(moment: datetime) -> str:
    """Return a moment as the archive stores it: UTC, ISO 8601, microseconds only where there are any.

    >>> timestamp(datetime(2026, 9, 5, 22, 17, tzinfo=VIETNAM))
    '2026-09-05T15:17:00+00:00'
    """
    return moment.astimezone(UTC).isoformat()


def printed_time(moment: datetime) -> str:
    """Return a moment of publication as exported with precision `minute`: Vietnamese time, no seconds lost."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
