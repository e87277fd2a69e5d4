"""What is told of a benchmark of the search: times by class, ratios, and figures to be reached."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from metering import Times, p95
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """What must be reached and what was."""

    what: str
    at_most: float
    reached: float
    is_floor: bool = False

    def row(self) -> list[str]:
        """The figure as a row of a table."""
        enough = (self.reached >= self.at_most) if self.is_floor else (self.reached <= self.at_most)
        said = "not measured" if math.isnan(self.reached) else "met" if enough else "missed"
        sign = "≥" if self.is_floor else "≤"
        return [self.what, f"{sign} {self.at_most:,g}", f"{self.reached:,.2f}", said]


def table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number else "left")
    return made


def show_times(console: Console, times: Times) -> None:
    """A table per thing asked for, a row per class."""
    for what in dict.fromkeys(task[0] for task in times):
        shown = table(f"{what}, ms", "class", "n", "p50", "p95", "max", "slowest")
        here = {task: ms for task, ms in times.items() if task[0] == what}
        for of in dict.fromkeys(task[1] for task in here):
            shown.add_row(of, *_row({task: ms for task, ms in here.items() if task[1] == of}))
        if len({task[1] for task in here}) > 1:
            shown.add_section()
            shown.add_row("all", *_row(here))
        console.print(shown)


def _row(times: Times) -> list[str]:
    values = list(times.values())
    slowest = max(times, key=times.__getitem__)[2]
    figures = (median(values), p95(values), max(values))
    return [f"{len(values)}", *(f"{each:.2f}" for each in figures), slowest[:28]]


def filter_ratios(console: Console, times: Times, filters: Iterable[str]) -> float:
    """Show what filters cost beside the same queries without; return the worst ratio of p95."""
    shown = table("a page with filters / without", "filter", "p50", "p95", "median of ratios")
    bare = {task[1:]: ms for task, ms in times.items() if task[0] == "page"}
    worst = 0.0
    for name in filters:
        here = {task[1:]: ms for task, ms in times.items() if task[0] == f"page in {name}"}
        middle = median(here.values()) / median(bare.values())
        high = p95(here.values()) / p95(bare.values())
        each = median(ms / bare[task] for task, ms in here.items())
        shown.add_row(name, f"{middle:.2f}", f"{high:.2f}", f"{each:.2f}")
        worst = max(worst, high)
    console.print(shown)
    return worst


def figures_of(times: Times, articles: int) -> list[Figure]:
    """The figures of the times: of the class that is worst, and of all queries where that differs."""

    def worst(what: str, having: str = "") -> float:
        classes = {task[1] for task in times if task[0] == what and having in task[1]}
        return max(
            p95(ms for task, ms in times.items() if task[:2] == (what, of)) for of in classes
        )

    def overall(what: str) -> float:
        return p95(ms for task, ms in times.items() if task[0] == what)

    most = 15 if articles <= 100_000 else 50
    return [
        Figure("newest 20, common words, p95 ms", 5, worst("newest 20, ids", "common word")),
        Figure("newest 20, rare phrases, p95 ms", 10, worst("newest 20, ids", "rare phrase")),
        Figure("page, p95 ms", most, overall("page")),
        Figure("page of the worst class, p95 ms", most, worst("page")),
        Figure("counts by year and section, p95 ms", 250, worst("counts")),
        Figure("page by relevance, p95 ms", 100, overall("page by relevance")),
        Figure("page by relevance of the worst class, p95 ms", 100, worst("page by relevance")),
        Figure("suggestion, p95 ms", 5, worst("suggestion")),
    ]


def show_figures(console: Console, figures: list[Figure], articles: int) -> None:
    shown = table(f"{articles:,} articles", "what", "figure", "reached", "")
    for figure in figures:
        shown.add_row(*figure.row())
    console.print(shown)
