"""Filters as words that no text has: an index finds them as fast as any other word."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from archive.dates import EARLIEST_YEAR, LATEST_YEAR, now, vietnamese_day
from archive.model import Article
from archive.search.names import words_of
from archive.vietnamese import fold, slug

EVERY: Final = "zzevery"  # no other mark begins with zze
# Of an article whose number begins with another year than it is dated with: its date became known later, or never.
OTHER_YEAR: Final = "zzotheryear"
IDS_OF_YEAR: Final = 10**8  # an id is YYYYMMDD and four digits more
FIRST_DAY: Final = date(EARLIEST_YEAR, 1, 1)
LAST_DAY: Final = date(LATEST_YEAR, 12, 31)

# Of a day without its dashes: the year, the month, its days 10 to 19 or the like, the day.
_LENGTHS: Final = (("y", 4), ("m", 6), ("t", 7), ("d", 8))
_DAY: Final = timedelta(days=1)


@dataclass(slots=True, frozen=True)
class Filters:
    """What narrows a search. `section` is a path (kinh-te) or a name; days are Vietnamese, ends included."""

    section: str | None = None
    author: str | None = None
    tag: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None

    def match(self) -> list[str]:
        """Return the expressions that must hold beside the query's."""
        named = (
            self.section and _section(self.section.split("/")),
            self.author and _named("a", self.author),
            self.tag and _named("g", self.tag),
            self.kind and _named("k", self.kind),
        )
        return [f'"{mark}"' for mark in named if mark] + self._days()

    def _days(self) -> list[str]:
        if self.since is None and self.until is None:
            return []
        first = max(self.since or FIRST_DAY, FIRST_DAY)
        last = min(self.until or vietnamese_day(now()).replace(month=12, day=31), LAST_DAY)
        # A range that ends before it begins holds nothing, and neither does this.
        return [f"({' OR '.join(_span(first, last)) or 'zznever'})"]


def marks_of(article_id: int, article: Article) -> str:
    """Return the marks an article is indexed with; it counts under its section and the section's parents."""
    path = [part for part in (article.section_slug or "").split("/") if part]
    marks = [EVERY, _named("k", article.kind)]
    marks += [_section(path[:depth]) for depth in range(1, len(path) + 1)]
    marks += [_named("a", author) for author in article.authors]
    marks += [_named("g", tag) for tag in article.tags]
    day = (article.published_at or "")[:10].replace("-", "")
    marks += [OTHER_YEAR] * (day[:4] != f"{article_id // IDS_OF_YEAR}")
    marks += [f"zz{of}{day[:length]}" for of, length in _LENGTHS if len(day) >= length]
    return " ".join(dict.fromkeys(marks))


def _section(path: list[str]) -> str:
    return f"zzs{''.join(slug(part).replace('-', '') for part in path)}"


@lru_cache(maxsize=4096)
def _named(of: str, name: str) -> str:
    return f"zz{of}{''.join(words_of(fold(name)))}"


def _span(first: date, last: date) -> list[str]:
    """The fewest marks of years, months, tens of days and days that make up the days from first to last."""
    marks: list[str] = []
    while first <= last:
        year, month = _after_year(first), _after_month(first)
        if first.month == first.day == 1 and year - _DAY <= last:
            marks.append(f"zzy{first.year}")
            first = year
        elif first.day == 1 and month - _DAY <= last:
            marks.append(f"zzm{first:%Y%m}")
            first = month
        elif first.day in (10, 20) and _after_ten(first) - _DAY <= last:
            marks.append(f"zzt{first:%Y%m%d}"[:-1])
            first = _after_ten(first)
        else:
            marks.append(f"zzd{first:%Y%m%d}")
            first += _DAY
    return marks


def _after_ten(day: date) -> date:
    return min(day + 10 * _DAY, _after_month(day))


def _after_year(day: date) -> date:
    return date(day.year + 1, 1, 1)


def _after_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
