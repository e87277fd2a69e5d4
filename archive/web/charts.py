"""Numbers as bars: articles per month, a row for each year; hits per year. Drawn here, so no page needs a script."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = 12
_LEAST: Final = 6  # per cent of the height: what is there must be seen beside what is many


@dataclass(slots=True, frozen=True)
class Bar:
    """What is counted (2022, or 2022-03), how much of it there is, and that as a share of the most, 0 to 100."""

    name: str
    number: int
    height: int


@dataclass(slots=True, frozen=True)
class Year:
    """A row of the chart of months. `bars` are twelve: None before the first month of all and after the last."""

    name: str
    bars: list[Bar | None]

    @property
    def total(self) -> int:
        """How many there are in the year."""
        return sum(bar.number for bar in self.bars if bar)

    @property
    def drawn(self) -> str:
        """The bars as the path of an SVG: January's stands at 0 and is up to a hundred high."""
        return "".join(
            f"M{place} 0v-{bar.height}" for place, bar in enumerate(self.bars) if bar and bar.number
        )

    @property
    def missing(self) -> str:
        """The months between first and last that have none, as a path of the same SVG."""
        return "".join(
            f"M{place} 0v-14" for place, bar in enumerate(self.bars) if bar and not bar.number
        )


def bars(counts: dict[str, int]) -> list[Bar]:
    """Return a bar for each count.

    >>> [bar.height for bar in bars({"2021": 200, "2022": 100, "2023": 1, "2024": 0})]
    [100, 50, 6, 0]
    """
    most = max(counts.values(), default=0)
    return [Bar(name, number, _height(number, most)) for name, number in counts.items()]


def _height(number: int, most: int) -> int:
    return max(_LEAST, -(-100 * number // most)) if number else 0


def years(months: dict[str, int]) -> list[Year]:
    """Return the rows of the chart of months, the latest year first; `months` counts articles by 2022-03.

    >>> [(year.name, year.total) for year in years({"2021-12": 3, "2022-02": 4})]
    [('2022', 4), ('2021', 3)]
    """
    if not months:
        return []
    span = list(months_from(min(months), max(months)))
    drawn = {bar.name: bar for bar in bars({month: months.get(month, 0) for month in span})}
    names = sorted({month[:4] for month in span}, reverse=True)
    return [
        Year(name, [drawn.get(f"{name}-{n:02}") for n in range(1, _MONTHS + 1)]) for name in names
    ]


def months_from(first: str, last: str) -> Iterable[str]:
    """Yield the months from first to last.

    >>> list(months_from("2021-11", "2022-01"))
    ['2021-11', '2021-12', '2022-01']
    """
    begin, end = (int(month[:4]) * _MONTHS + int(month[5:]) - 1 for month in (first, last))
    for month in range(begin, end + 1):
        yield f"{month // _MONTHS:04}-{month % _MONTHS + 1:02}"
