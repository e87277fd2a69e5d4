"""What the benchmarks that break an archive at random share: how often, by which chance, the table at the end."""

import argparse
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Trial:
    """One thing that was done to an archive: to what, in which phase of it, and what was not as it must be then."""

    of: str
    phase: str
    wrong: str  # "" where nothing was


def quarter(share: float) -> str:
    """Return how a moment is named that lies behind this share of a whole, of 0 to 1."""
    return ("1st quarter", "2nd quarter", "3rd quarter", "4th quarter")[min(3, int(share * 4))]


def run(
    about: str | None,
    what: str,
    tried: Callable[[argparse.Namespace], Iterable[Trial]],
    arguments: list[str] | None = None,
) -> int:
    """Read the command line, try so often, print what was wrong and a table; return the exit status.

    `about` is the text of the benchmark's module, `what` names what is counted (`kills`).
    """
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument(f"--{what}", dest="count", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, help="another one breaks in other places")
    phases: dict[str, Counter[str]] = defaultdict(Counter)
    failed = Counter[str]()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell lets what runs behind it ignore that
    try:
        for trial in tried(parser.parse_args(arguments)):
            phases[trial.of][trial.phase] += 1
            failed[trial.of] += bool(trial.wrong)
            print(trial.wrong, end="\n" * bool(trial.wrong), flush=True)
    finally:  # also of what was tried before Ctrl-C
        _show(what, phases, failed)
    return 1 if failed.total() or not phases else 0


def _show(what: str, phases: dict[str, Counter[str]], failed: Counter[str]) -> None:
    columns = sorted({phase for counts in phases.values() for phase in counts})
    rows = {**phases, "all": sum(phases.values(), Counter[str]())}
    failed["all"] = failed.total()
    print("".join(f"{name:>16}" for name in ("", what, *columns, "wrong")))
    for name, counts in rows.items():
        figures = (counts.total(), *(counts[column] for column in columns), failed[name])
        print(f"{name:>16}", *(f"{figure:>15}" for figure in figures))


def shares(count: int, among: int) -> list[int]:
    """Divide a count among so many, as evenly as it goes."""
    return [count // among + (number < count % among) for number in range(among)]
