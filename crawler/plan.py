"""What a run was asked for."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from archive.model import Found


@dataclass(slots=True, frozen=True)
class Plan:
    """A run: the newest articles; the articles of a period (Vietnamese days, ends included); or given addresses."""

    since: date | None = None
    until: date | None = None
    sections: tuple[str, ...] = ()
    given: tuple[Found, ...] = ()
    indexed: tuple[Found, ...] = ()  # addresses from an index of captures
    limit: int | None = None
    pictures: bool = True

    @property
    def kind(self) -> Literal["newest", "backfill", "given"]:
        """Which of the three it is."""
        if self.given:
            return "given"
        return "backfill" if self.since or self.until or self.indexed else "newest"

    @property
    def is_narrow(self) -> bool:
        """Whether only addresses found by this very run are fetched, not all that are pending."""
        return bool(self.given or self.sections or self.indexed)

    def wants(self, day: date | None) -> bool:
        """Return whether an article of that day is asked for; what has no day is not ruled out."""
        if day is None:
            return True
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def overlaps(self, first: date | None, last: date | None) -> bool:
        """Return whether a list that covers these days may hold articles asked for."""
        too_old = self.since is not None and last is not None and last < self.since
        too_new = self.until is not None and first is not None and first > self.until
        return not (too_old or too_new)

    def as_settings(self) -> dict[str, Any]:
        """Return what is entered in the ledger of runs."""
        said = asdict(self)
        said["given"] = [found.url for found in self.given]
        said["indexed"] = len(self.indexed)
        return {
            name: str(value) if isinstance(value, date) else value
            for name, value in said.items()
            if value
        }
