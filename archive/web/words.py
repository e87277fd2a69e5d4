"""The site's words in one language, and how that language writes times and numbers."""

from datetime import date, datetime
from typing import Any, Final, Literal

from archive.alarms import is_day, is_moment, said
from archive.dates import VIETNAM
from archive.web.catalogue import MONTHS, TEXTS, WEEKDAYS

# What a stored date raises that is none, or lies at the end of all: it is then shown as it stands.
_ODD: Final = (ValueError, OverflowError, IndexError)
Language = Literal["vi", "en"]


class Words:
    """The site's words in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._column = 0 if language == "vi" else 1

    def __call__(self, name: str, **values: object) -> str:
        """Return a text of the catalogue. Raises KeyError where it has none of that name."""
        return TEXTS[name][self._column].format(**values)

    def has(self, name: str) -> bool:
        """Return whether the catalogue has a text of that name."""
        return name in TEXTS

    def number(self, number: int) -> str:
        """Return a number as the language groups its digits.

        >>> Words("vi").number(12345), Words("en").number(12345)
        ('12.345', '12,345')
        """
        return f"{number:,}".replace(",", "." if self.language == "vi" else ",")

    def share(self, share: float) -> str:
        """Return a share of 0 to 1 in percent; what is not all is never rounded to all.

        >>> Words("vi").share(0.9996), Words("en").share(1.0)
        ('99,9%', '100%')
        """
        text = f"{int(share * 1000) / 10:g}%"
        return text.replace(".", ",") if self.language == "vi" else text

    def alarm(self, alarm: dict[str, Any]) -> str:
        """Return the sentence of an alarm of `archive.health.alarms`."""
        try:
            form = alarm["facts"].get("form", alarm["name"])
            return said(self.language, form, alarm["facts"], self.fact)
        except KeyError:  # noted by another version of this program
            return str(alarm["message"])

    def fact(self, value: Any) -> str:
        """Return a value of an alarm's sentence: a share, a number, a day, a moment, or text as it is.

        >>> Words("vi").fact(0.874), Words("en").fact("2026-11-03"), Words("vi").fact("onecms")
        ('87%', '3 November 2026', 'onecms')
        """
        if isinstance(value, float):
            return self.share(int(value * 100) / 100)
        if isinstance(value, int):
            return self.number(value)
        text = str(value)
        if is_moment(text):
            return self.moment(text)
        return self.dated(text) if is_day(text) else text

    def published(self, at: str | None) -> str:
        """Return a time of publication as exactly as it is known.

        >>> Words("vi").published("2025-08-17T17:22:00+07:00")
        'Chủ nhật, 17/8/2025, 17:22'
        >>> Words("vi").published("2022-03"), Words("en").published("2016-10-24")
        ('Tháng 3 năm 2022', 'Monday, 24 October 2016')
        """
        if at is None:
            return self("no_date")
        clock = self.clock(at)
        return self.day(at[:10]) + (f", {clock}" if clock else "")

    def clock(self, at: str | None) -> str | None:
        """Return the time of day in Vietnam, or None where it is not known."""
        if at is None or len(at) <= len("2016-10-24"):
            return None
        try:
            return f"{datetime.fromisoformat(at).astimezone(VIETNAM):%H:%M}"
        except _ODD:
            return None

    def day(self, day: str | None) -> str:
        """Return a day or a month as the language writes it."""
        if day is None:
            return self("no_date")
        try:
            if len(day) == len("2022-03"):
                return self._month(int(day[:4]), int(day[5:]))
            known = date.fromisoformat(day)
        except _ODD:
            return day
        return f"{WEEKDAYS[self.language][known.weekday()]}, {self.dated(day)}"

    def dated(self, day: str) -> str:
        """Return a day or a month within a sentence.

        >>> Words("vi").dated("2016-10-24"), Words("en").dated("2022-03")
        ('24/10/2016', 'March 2022')
        """
        try:
            year, month, *rest = map(int, day.split("-"))
            MONTHS[month - 1]
        except _ODD:
            return day
        if self.language == "vi":
            return "/".join(map(str, [*rest, month, year])) if rest else f"tháng {month}/{year}"
        return " ".join(map(str, [*rest, MONTHS[month - 1], year]))

    def _month(self, year: int, month: int) -> str:
        vietnamese = self.language == "vi"
        return f"Tháng {month} năm {year}" if vietnamese else f"{MONTHS[month - 1]} {year}"

    def moment(self, at: str) -> str:
        """Return a moment the archive noted, in Vietnamese time.

        >>> Words("vi").moment("2026-09-05T15:17:02+00:00")
        '22:17 ngày 5/9/2026'
        """
        try:
            there = datetime.fromisoformat(at).astimezone(VIETNAM)
        except _ODD:
            return at
        if self.language == "vi":
            return f"{there:%H:%M} ngày {there.day}/{there.month}/{there.year}"
        return f"{there.day} {MONTHS[there.month - 1]} {there.year}, {there:%H:%M} (GMT+7)"
