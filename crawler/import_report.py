"""What came of an import: counts, and what was passed over, for people and for programs."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import click

from archive.terminal import canvas, printable
from archive.warc import Damage

DONE: Final = 0
COULD_NOT: Final = 1
NEEDS_A_PERSON: Final = 3

_NAMED: Final = 20  # damages of one file that are named; a hostile file may have a million
_EVERY: Final = 30.0  # seconds between lines where there is no terminal
_ON_TERMINAL: Final = 0.3

# What is counted, in this order, with its words.
_COUNTS: Final = {
    "new": "new articles",
    "changed": "new versions",
    "unchanged": "pages with nothing new",
    "others": "other answers (moved, not there, no article found)",
    "pictures": "pictures",
    "known": "known already",
}
_LEFT: Final = {
    "other_sites": "of other sites",
    "other_pages": "other pages of the newspaper",
    "revisits": "revisits without a page of their own",
    "unusable": "from which nothing could be taken",
}


@dataclass
class Report:
    """The counts of one import; `damaged` records and `refused` files are named as they are met."""

    counts: Counter[str] = field(default_factory=Counter)
    quiet: bool = False
    refusals: list[str] = field(default_factory=list)
    _said: float = field(default_factory=time.monotonic)
    _named: Counter[str] = field(default_factory=Counter)

    def damaged(self, name: str, damage: Damage) -> None:
        """Name a damaged record, with its file and offset."""
        self.counts["damaged"] += 1
        self._name(name, damage.offset, f"{damage.reason}; passed over")

    def cut(self, name: str, offset: int, reason: str | None) -> None:
        """Name a capture that is visibly not whole."""
        self.counts["unusable"] += 1
        self._name(name, offset, f"{reason}; kept as evidence, not read")

    def _name(self, name: str, offset: int, text: str) -> None:
        self._named[name] += 1
        if self._named[name] <= _NAMED:
            self.say(f"{name}, offset {offset}: {text}.")

    def refused(self, name: str, reason: str) -> None:
        """Note a file that is not read, or not read further."""
        self.counts["refused_files"] += 1
        self.refusals.append(f"{name}: {reason}.")

    def say(self, text: str) -> None:
        """Print a line for people."""
        click.echo(text, err=True)

    def progress(self, name: str, done: int, total: int) -> None:
        """Show how far a file is read, in place on a terminal, as a plain line now and then elsewhere."""
        is_terminal = sys.stderr.isatty()
        if self.quiet or time.monotonic() - self._said < (_ON_TERMINAL if is_terminal else _EVERY):
            return
        self._said = time.monotonic()
        share = done / total if total else 1.0
        line = f"{name}: {share:.0%} read, {self.counts['new']:,} new articles"
        if is_terminal:
            click.echo(f"\r{printable(line)}\x1b[K", file=canvas(), nl=False)
        else:
            click.echo(line, err=True)

    @property
    def taken(self) -> int:
        """How many records are in the archive because of this import, or were before."""
        return sum(self.counts[name] for name in _COUNTS)

    @property
    def status(self) -> int:
        """The exit status."""
        if not self.taken:
            return COULD_NOT
        return NEEDS_A_PERSON if self.counts["damaged"] or self.counts["refused_files"] else DONE

    def print(self) -> None:
        """Say what came of it."""
        for refusal in self.refusals:
            self.say(refusal)
        for name, times in self._named.items():
            if times > _NAMED:
                self.say(f"{name}: {times - _NAMED:,} more such records.")
        self.say(f"Brought in: {_listed(self.counts, _COUNTS)}.")
        if any(self.counts[name] for name in _LEFT):
            self.say(f"Left out: {_listed(self.counts, _LEFT)}.")

    def as_dict(self) -> dict[str, Any]:
        """Return the object of `--json`."""
        return {name: self.counts[name] for name in (*_COUNTS, *_LEFT, "damaged", "refused_files")}


def _listed(counts: Counter[str], words: dict[str, str]) -> str:
    return (
        ", ".join(f"{counts[name]:,} {said}" for name, said in words.items() if counts[name])
        or "nothing"
    )
