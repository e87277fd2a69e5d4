"""What the last `lamdong verify` found: kept in a file beside the database, which a check leaves as it is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from archive.dates import now, timestamp

RESULT: Final = "verified.json"
_KEPT: Final = 100  # sentences


@dataclass(slots=True)
class Result:
    """When a check ended, how long it took, of how many captures it was a sample (null: of all), what it found."""

    at: str
    seconds: float
    sample: int | None
    faults: int
    said: list[str]


def keep(folder: Path, seconds: float, sample: int | None, said: list[str]) -> None:
    """Keep a result with its time. Raises OSError where the folder cannot be written to."""
    result = Result(timestamp(now()), round(seconds, 1), sample, len(said), said[:_KEPT])
    part = folder / f"{RESULT}.part"
    part.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n")
    part.replace(folder / RESULT)


def last(folder: Path) -> dict[str, Any] | None:
    """Return the last result, None where there is none that can be read."""
    try:
        found = json.loads((folder / RESULT).read_text())
        return asdict(Result(**found))
    except (OSError, ValueError, TypeError):
        return None


def as_line(found: dict[str, Any] | None) -> str:
    """Return the line of `lamdong status` for people."""
    if found is None:
        return "Verified: never; `lamdong verify` checks files, rows and search index."
    of = f"a sample of {found['sample']:,} captures" if found["sample"] else "all of it"
    came = f"{found['faults']:,} faults" if found["faults"] else "sound"
    return f"Verified: {found['at']}, {of}: {came}"
