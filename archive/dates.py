"""Dates as Vietnamese newspapers print them, and as machines write them.

python-dateutil reads machine dates only: given "19:25 (GMT+7)" it answers seven hours *behind* Greenwich.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from dateutil import parser

VIETNAM: Final = timezone(timedelta(hours=7))

_CLOCK = r"(?P<hour{n}>\d{{1,2}})\s?[:hg]\s?(?P<minute{n}>\d{{2}})(?::\d{{2}})?(?:\s?(?P<half{n}>AM|PM|SA|CH)\b)?"
_WEEKDAY = r"(?:Th[ứử]\s*(?:[2-7]|hai|ba|t[ưứ]|n[ăa]m|sáu|b[ảẩ]y)|Chủ\s*nhật|CN|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_DAY = (
    r"(?<![\d/.-])(?P<day>\d{1,2})(?:\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?|\s+tháng\s+(?P<month2>\d{1,2})[,\s]+(?:năm\s+)?)"
    r"(?P<year>\d{4})(?!\d)"
)
_GAP = r"[\s,;|–•-]*"
_PRINTED: Final = re.compile(
    rf"(?P<label>(?:Cập\s*nhật|Ngày\s*đăng|Đăng\s*(?:lúc|ngày)?|Xuất\s*bản|Updated?|Published)\b\s*(?:lúc|ngày|:|at|on)*\s*:?\s*)?"
    rf"(?:{_CLOCK.format(n=1)}\s?(?:phút)?(?:\(GMT ?\+?7\))?{_GAP})?"
    rf"(?P<weekday>{_WEEKDAY}{_GAP})?(?:ngày\s+)?{_DAY}"
    rf"(?:{_GAP}(?:lúc\s*)?{_CLOCK.format(n=2)})?"
    r"(?P<zone>\s*\(?(?:GMT|UTC)\s?\+?\s?0?7(?::00)?\)?)?",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True)
class PrintedDate:
    """A date found in text: what stood there, the day, the clock where one was printed, and its place.

    `labelled` is true where a label ("Cập nhật lúc"), a weekday or a zone stood with it.
    """

    raw: str
    day: date
    clock: time | None
    start: int
    end: int
    labelled: bool


def printed_dates(text: str) -> list[PrintedDate]:
    """Return every date printed in `text`; impossible ones (month 47) are left out, never guessed at.

    >>> found = printed_dates("Cập nhật lúc 08:27, Thứ Ba, 26/12/2017 (GMT+7)")
    >>> found[0].day.isoformat(), found[0].clock.isoformat()
    ('2017-12-26', '08:27:00')
    >>> printed_dates("30/47/2023")
    []
    """
    return [printed for match in _PRINTED.finditer(text) if (printed := _printed(match))]


def _printed(match: re.Match[str]) -> PrintedDate | None:
    found = match.groupdict()
    try:
        day = date(int(found["year"]), int(found["month"] or found["month2"]), int(found["day"]))
        clock = _clock(found, "1") or _clock(found, "2")
    except ValueError:
        return None
    labelled = bool(found["label"] or found["weekday"] or found["zone"])
    return PrintedDate(match.group().strip(), day, clock, match.start(), match.end(), labelled)


def _clock(found: dict[str, str | None], which: str) -> time | None:
    hour, minute, half = (found[f"{name}{which}"] for name in ("hour", "minute", "half"))
    if hour is None or minute is None:
        return None
    afternoon = (half or "").upper() in {"PM", "CH"}
    return time(int(hour) % 12 + 12 if afternoon else int(hour), int(minute))


def machine_time(text: str | None) -> datetime | None:
    """Return the moment a feed, sitemap or meta tag states, aware; without a zone it is Vietnamese time.

    US order ("9/5/2026 10:17:01 PM" is the fifth of September) is what ONECMS writes into its meta tags.

    >>> machine_time("9/5/2026 10:17:01 PM").isoformat()
    '2026-09-05T22:17:01+07:00'
    >>> machine_time("nonsense") is None
    True
    """
    if not text or not re.search(r"\d{4}", text):
        return None
    try:
        moment = parser.parse(re.sub(r"(?:GMT|UTC)\s?\+\s?0?7(?::?00)?", "+0700", text.strip()))
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def vietnamese_day(moment: datetime) -> date:
    """Return the calendar day in Vietnam of an aware moment."""
    return moment.astimezone(VIETNAM).date()


def now() -> datetime:
    """Return the present moment, in UTC: the only clock the product reads."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Return a moment as the archive stores it: UTC, ISO 8601, microseconds only where there are any.

    >>> timestamp(datetime(2026, 9, 5, 22, 17, tzinfo=VIETNAM))
    '2026-09-05T15:17:00+00:00'
    """
    return moment.astimezone(UTC).isoformat()


def printed_time(moment: datetime) -> str:
    """Return a moment of publication as exported with precision `minute`: Vietnamese time, no seconds lost."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
