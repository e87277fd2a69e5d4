"""Damage an archive in random ways, one at a time, and see whether `lamdong verify` notices and names the place.

    python -m benchmarks.damage --damages 1000 --seed 1

The archive is that of `lamdong demo`, or a copy of `--archive`. Printed is each damage that was not noticed, or whose
place was not named, then the counts; the exit status is 1 where there is one.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.verifying import faults
from archive.warc import Record, records
from crawler.verifying import tools

# When a migration was made, and the FTS5 module's own rows, are no facts; those rows are damaged byte by byte.
NO_FACTS = ("sqlite_", "_sqlite", "search", "suggestions")


@dataclass(slots=True)
class Damage:
    """One damage: what was done, and which words of one sentence name the place."""

    done: str
    named: tuple[str, ...]


def flip(folder: Path, chance: random.Random) -> Damage:
    """Flip one bit of a WARC file or of the database."""
    path = chance.choice([*(folder / "warc").glob("*.warc.gz"), folder / "archive.db"])
    offset = chance.randrange(path.stat().st_size)
    place = _record_at(path, offset)
    content = bytearray(path.read_bytes())
    content[offset] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return Damage(f"flip a bit of {path.name} at {offset}", (path.name, *place))


def cut(folder: Path, chance: random.Random) -> Damage:
    """Cut a WARC file, or the database, anywhere; one time in three a WARC file between two records."""
    path = chance.choice([*(folder / "warc").glob("*.warc.gz"), folder / "archive.db"])
    size = chance.randrange(path.stat().st_size)
    if path.suffix == ".gz" and chance.random() < 1 / 3:
        size = chance.choice([r.place.offset for r in records(path) if isinstance(r, Record)])
    os.truncate(path, size)
    return Damage(f"cut {path.name} to {size} bytes", (path.name,))


def drop_file(folder: Path, chance: random.Random) -> Damage:
    """Take a WARC file away, or the database."""
    path = chance.choice([*(folder / "warc").glob("*.warc.gz"), folder / "archive.db"])
    path.unlink()
    return Damage(f"drop {path.name}", (path.name,))


def drop_row(folder: Path, chance: random.Random) -> Damage:
    """Delete a row of any table."""
    with closing(_database(folder)) as db:
        table, key, values = _row(db, chance)
        db.execute(f'DELETE FROM "{table}" WHERE {_where(key)}', values)
    return Damage(f"drop {table} {values}", (f"table {table}, {_named(key, values)}",))


def alter_row(folder: Path, chance: random.Random) -> Damage:
    """Change one value of any column of any table."""
    with closing(_database(folder)) as db:
        table, key, values = _row(db, chance)
        columns = [
            row[1] for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] not in key
        ]
        column = chance.choice(columns)
        where = f'"{table}" WHERE {_where(key)}'
        (old,) = db.execute(f'SELECT "{column}" FROM {where}', values).fetchone()
        new = _altered(old, chance)
        try:
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {_where(key)}', [new, *values])
        except sqlite3.IntegrityError:  # another type, or a value that must be unique
            return alter_row(folder, chance)
    return Damage(
        f"alter {table}.{column} of {values} from {old!r:.60} to {new!r:.60}",
        (f"table {table}, {_named(key, values)}", column),
    )


KINDS: tuple[Callable[[Path, random.Random], Damage], ...] = (
    flip,
    cut,
    drop_row,
    drop_file,
    alter_row,
)


def _record_at(path: Path, offset: int) -> tuple[str, ...]:
    """How the record that has a byte is named."""
    if path.suffix != ".gz":
        return ()
    begins = [r.place.offset for r in records(path) if isinstance(r, Record)]
    return (f"offset {max(each for each in begins if each <= offset)}:",)


def _database(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "archive.db", isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    return db


def _row(db: sqlite3.Connection, chance: random.Random) -> tuple[str, list[str], list[object]]:
    """Return the table, key columns and key values of a row, each table as likely as the others."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    chance.shuffle(names)
    for table in names:
        info = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        key = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
        shown = ", ".join(f'"{name}"' for name in key)
        if not table.startswith(NO_FACTS) and (
            rows := db.execute(f'SELECT {shown} FROM "{table}" ORDER BY {shown}').fetchall()
        ):
            return table, key, list(chance.choice(rows))
    raise ValueError("there are no rows")


def _where(key: list[str]) -> str:
    return " AND ".join(f'"{name}" IS ?' for name in key)


def _named(key: list[str], values: list[object]) -> str:
    parts = (f"{name} {value}" for name, value in zip(key, values, strict=True))
    return ", ".join(parts)[:40]


def _altered(old: object, chance: random.Random) -> object:
    if isinstance(old, int):
        return old + chance.choice([-1, 1, 1000])
    if isinstance(old, str) and old:
        at = chance.randrange(len(old))
        return old[:at] + chance.choice("aạ7") * (1 + (old[at] in "aạ7")) + old[at + 1 :]
    return chance.choice(["x", 7])


def tried(archive: Path, number: int, seed: int) -> tuple[str, Damage, str]:
    """Do one damage to a copy; return its kind, what was done, and what verify did not do ("": nothing)."""
    chance = random.Random(f"{seed}/{number}")
    kind = KINDS[number % len(KINDS)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(archive, Path(temporary) / "archive"))
        damage = kind(folder, chance)
        said = list(faults(folder, tools(0)))
    if not said:
        return kind.__name__, damage, "NOT NOTICED"
    is_named = any(all(each in sentence for each in damage.named) for sentence in said)
    return kind.__name__, damage, "" if is_named else f"place not named: {said[:3]}"


def main() -> int:
    """Damage, verify, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--damages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        archive = wanted.archive or _demo(Path(temporary) / "archive")
        sound = list(faults(archive, tools(0)))
        print(f"sound archive: {len(sound)} faults", *sound, sep="\n  ")
        began, failed, counts = time.monotonic(), Counter(), Counter()
        with ProcessPoolExecutor(wanted.workers) as pool:
            numbers = range(wanted.damages)
            all_of = pool.map(
                tried, *zip(*((archive, n, wanted.seed) for n in numbers), strict=True), chunksize=5
            )
            for kind, damage, missed in all_of:
                counts[kind] += 1
                if missed:
                    failed[kind] += 1
                    print(f"{damage.done}: {missed}", flush=True)
    for kind in counts:
        print(f"{kind}: {counts[kind] - failed[kind]} of {counts[kind]} noticed and named")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if failed or sound else 0


def _demo(folder: Path) -> Path:
    command = [sys.executable, "-m", "crawler", "demo", "--folder", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
