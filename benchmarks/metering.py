"""How long something takes, asked often enough to be told apart from chance."""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

from rich.progress import track

Queries = dict[str, list[str]]  # by class
Ask = Callable[[str], object]
Task = tuple[str, str, str]  # what is asked for, class, query
Times = dict[Task, float]  # milliseconds, the median of a task's rounds


@dataclass(frozen=True)
class Meter:
    """How often and by which clock everything is measured."""

    rounds: int
    clock: Callable[[], float]

    def seconds_of(self, work: Callable[[], object]) -> float:
        """Seconds that some work takes."""
        began = self.clock()
        work()
        return self.clock() - began

    def times_of(self, asks: dict[str, Ask], queries: Queries) -> Times:
        """Ask everything in random order, round after round; the first only warms up."""
        tasks = [
            (what, of, query) for what in asks for of, some in queries.items() for query in some
        ]
        seconds: dict[Task, list[float]] = {task: [] for task in tasks}
        dice = random.Random(6)
        for number in range(self.rounds + 1):
            dice.shuffle(tasks)
            for task in track(tasks, f"round {number} of {self.rounds}", transient=True):
                work = partial(asks[task[0]], task[2])
                seconds[task].append(self.seconds_of(work))
        return {task: 1000 * median(each[1:]) for task, each in seconds.items()}


def p95(times: Iterable[float]) -> float:
    """The time that 95 in 100 do not exceed."""
    ordered = sorted(times)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else math.nan
