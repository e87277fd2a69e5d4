"""A month of the sample newspaper, lived through in simulated time: what is held, missed, alarmed, day by day.

    python benchmarks/month.py                 thirty days, six runs a day
    python benchmarks/month.py --kill          the same, every third run ended by kill -9
    python benchmarks/month.py --known         the redesign is one that today's layouts read
    python benchmarks/month.py --quiet 20000   what a run with nothing new costs on so many held articles

The life, its troubles and the truth come from `crawler.demo.editors`; `tests/reckoning.py` compares.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import life as living
import reckoning
from quiet import measure

from crawler.demo.editors import KNOWN, MONTH, live
from crawler.demo.rolling import unseen

FIRST_DAY = date(2026, 9, 1)
MEASURES: tuple[Callable[[living.Lived], list[object]], ...] = (
    reckoning.unheld,
    reckoning.not_once,
    reckoning.unkept,
    reckoning.invented,
    reckoning.overlooked,
    reckoning.misjudged,
    reckoning.unobserved,
    reckoning.unconfirmed,
    reckoning.not_alarmed,
    reckoning.alarmed_for_nothing,
    reckoning.repeated,
)


def by_day(lived: living.Lived) -> Table:
    table = Table(title=f"{len(lived.life.lines)} articles, {len(lived.runs)} runs")
    names = ("day", "published", "new", "changed", "unchanged", "refused", "requests", "CPU s")
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("wrong with the newspaper")
    table.add_column("alarms")
    for number in range(lived.life.days):
        table.add_row(*_day(lived, number))
    return table


def _day(lived: living.Lived, number: int) -> list[str]:
    day = FIRST_DAY + timedelta(days=number)
    runs = [run for run in lived.runs if run.at.date() == day]
    published = sum(line.published.date() == day for line in lived.life.lines)
    counts = (
        sum(run.counts.get(name, 0) for run in runs)
        for name in ("new", "changed", "unchanged", "refused")
    )
    wrong = {fault.name for run in runs for fault in lived.life.faults_at(run.at)}
    alarms = {alarm["name"] for run in runs for alarm in run.alarms}
    asked, cpu = sum(len(run.asked) for run in runs), sum(run.cpu for run in runs)
    numbers = (published, *counts, asked)
    listed = (", ".join(sorted(names)) for names in (wrong, alarms))
    return [f"{day}", *map(str, numbers), f"{cpu:.1f}", *listed]


def judged(lived: living.Lived, console: Console) -> None:
    for measure_ in MEASURES:
        found = measure_(lived)
        said = (measure_.__doc__ or "").splitlines()[0]
        console.print(f"[bold]{measure_.__name__}: {len(found)}[/]  {said}", highlight=False)
        for each in found[:5]:
            console.print(f"    {reckoning.briefly(each)}", highlight=False, markup=False)
    console.print(
        f"never shown by any listing at any run: {len(unseen(lived.life, lived.finished))}"
    )


@click.command()
@click.option("--kill", is_flag=True, help="End every third run by kill -9.")
@click.option("--known", is_flag=True, help="A redesign that today's layouts read.")
@click.option("--a-day", default=6, show_default=True, help="Runs a day.")
@click.option("--days", default=MONTH.days, show_default=True)
@click.option("--quiet", "held", type=int, help="Measure a quiet run on so many held articles.")
def main(kill: bool, known: bool, a_day: int, days: int, held: int | None) -> None:
    """Live through a month, or measure a run with nothing new."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        if held:
            measure(Path(folder), held, console)
            return
        calendar = replace(MONTH, days=days, **({"skeleton": KNOWN} if known else {}))
        life = live(calendar, FIRST_DAY)
        at = living.moments(life, a_day)
        lived = living.live_through(life, Path(folder), at, kill_every=3 if kill else 0)
        console.print(by_day(lived))
        judged(lived, console)


if __name__ == "__main__":
    main()
