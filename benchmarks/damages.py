"""The damages an archive may take: of its WARC files, of the bytes of its database, of the rows of that.

Each is a function that does one to the archive in a folder, at random, and returns what it did and how it is named.
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.warc import Record, records

DATABASE = "archive.db"
PAGE = 4096  # bytes
ODD = (-1, 2**63 - 1, 1.5, None, "x", b"\xff\xfe", "{", "[]", '{"a": 1}', "9" * 400)  # values
# When a migration was made, and the FTS5 module's own rows, are no facts; those rows are damaged byte by byte.
NO_FACTS = ("sqlite_", "_sqlite", "search", "suggestions")


@dataclass(slots=True)
class Damage:
    """One damage: what was done, and which words of one sentence name the place; none where it may do no harm."""

    done: str
    named: tuple[str, ...]


Kind = Callable[[Path, random.Random], Damage]

# -- WARC files -------------------------------------------------------------------------------------


def flip(folder: Path, chance: random.Random) -> Damage:
    """Flip one bit of a file."""
    path = _file(folder, chance)
    offset = chance.randrange(path.stat().st_size)
    place = _record_at(path, offset)
    content = bytearray(path.read_bytes())
    content[offset] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return Damage(f"flip a bit of {path.name} at {offset}", (path.name, place))


def blank(folder: Path, chance: random.Random) -> Damage:
    """Write zeros, or nonsense, over a stretch of a file, as a bad sector or a lost write does."""
    path = _file(folder, chance)
    offset = chance.randrange(path.stat().st_size)
    place = _record_at(path, offset)
    size = min(chance.choice([16, 512, PAGE, 4 * PAGE]), path.stat().st_size - offset)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(chance.choice([bytes(size), chance.randbytes(size)]))
    return Damage(f"blank {size} bytes of {path.name} at {offset}", (path.name, place))


def cut(folder: Path, chance: random.Random) -> Damage:
    """Cut a file anywhere, one time in three between two records."""
    path = _file(folder, chance)
    size = chance.randrange(path.stat().st_size)
    if chance.random() < 1 / 3:
        size = chance.choice(_begins(path))
    os.truncate(path, size)
    return Damage(f"cut {path.name} to {size} bytes", (path.name,))


def drop(folder: Path, chance: random.Random) -> Damage:
    """Take a file away."""
    path = _file(folder, chance)
    path.unlink()
    return Damage(f"drop {path.name}", (path.name,))


def leave_out(folder: Path, chance: random.Random) -> Damage:
    """Take some bytes, or a whole record, out of the middle of a file."""
    path = _file(folder, chance)
    content, begins = path.read_bytes(), _begins(path)
    number = chance.randrange(len(begins) - 1)
    first, last = begins[number : number + 2]
    if chance.random() < 1 / 2:
        first = chance.randrange(first, last)
        last = first + 1
    path.write_bytes(content[:first] + content[last:])
    return Damage(f"leave out {first} to {last} of {path.name}", (path.name,))


def put_in(folder: Path, chance: random.Random) -> Damage:
    """Put nonsense, or a record again, in before another record."""
    path = _file(folder, chance)
    content, begins = path.read_bytes(), _begins(path)
    number = chance.randrange(len(begins) - 1)
    record = content[begins[number] : begins[number + 1]]
    added = chance.choice([record, chance.randbytes(chance.choice([1, 700]))])
    place = chance.choice(begins)
    path.write_bytes(content[:place] + added + content[place:])
    return Damage(f"put {len(added)} bytes into {path.name} at {place}", (path.name,))


def _file(folder: Path, chance: random.Random) -> Path:
    return chance.choice(sorted((folder / "warc").glob("*.warc.gz")))


def _begins(path: Path) -> list[int]:
    return [each.place.offset for each in records(path) if isinstance(each, Record)]


def _record_at(path: Path, offset: int) -> str:
    """How the record that has a byte is named."""
    return f"offset {max(each for each in _begins(path) if each <= offset)}:"


# -- bytes of the database ----------------------------------------------------------------------------


def _bytes_of(damage: Callable[[Path, random.Random], None]) -> Kind:
    """Make a kind of what damages the file of the database."""

    def done(folder: Path, chance: random.Random) -> Damage:
        damage(folder / DATABASE, chance)
        is_harmless = damage is spoil_log  # SQLite passes over the rest of a log that is damaged
        return Damage(damage.__name__, () if is_harmless else (DATABASE,))

    done.__name__ = damage.__name__
    return done


def flip_bytes(path: Path, chance: random.Random) -> None:
    """Flip some bytes anywhere."""
    with path.open("r+b") as file:
        for _ in range(chance.choice([1, 1, 8, 64])):
            file.seek(chance.randrange(path.stat().st_size))
            file.write(bytes([chance.randrange(256)]))


def blank_bytes(path: Path, chance: random.Random) -> None:
    """Write zeros, or nonsense, over some pages."""
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for _ in range(chance.choice([1, 1, 4, 20])):
            file.seek(chance.randrange(pages) * PAGE)
            file.write(chance.choice([bytes(PAGE), chance.randbytes(PAGE)]))


def cut_bytes(path: Path, chance: random.Random) -> None:
    """Cut the file anywhere, once in four times between pages."""
    size = chance.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(chance.choice([size, size, size // PAGE * PAGE, 0]))


def swap(path: Path, chance: random.Random) -> None:
    """Swap two pages."""
    content = bytearray(path.read_bytes())
    one, other = (chance.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    held = content[one : one + PAGE]
    content[one : one + PAGE] = content[other : other + PAGE]
    content[other : other + PAGE] = held
    path.write_bytes(content)


def behead(path: Path, chance: random.Random) -> None:
    """Write nonsense over the head of the file, or over part of it."""
    first = chance.choice([0, 0, 16, 24])
    with path.open("r+b") as file:
        file.seek(first)
        file.write(chance.randbytes(chance.choice([16, 100]) - min(first, 15)))


def garble(path: Path, chance: random.Random) -> None:
    """Put a value that makes no sense into a row, as far as the table takes it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
            and db.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()
        ]
        for _ in range(20):
            table = chance.choice(tables)
            column = chance.choice(db.execute(f'PRAGMA table_info("{table}")').fetchall())[1]
            value = chance.choice(["?", "CAST(? AS TEXT)"])
            try:
                db.execute(f'UPDATE "{table}" SET "{column}" = {value}', [chance.choice(ODD)])
            except sqlite3.Error:
                continue  # another type, or it must be unique
            return


def spoil_log(path: Path, chance: random.Random) -> None:
    """Leave a write-ahead log as a kill does, and damage that."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE urls SET title = title || 'x'")
        held = path.with_name("held")
        shutil.copy(f"{path}-wal", held)
    log = held.rename(f"{path}-wal")
    chance.choice([flip_bytes, blank_bytes, cut_bytes, behead])(log, chance)


def replace(path: Path, chance: random.Random) -> None:
    """Put something else in its place: another database, text, nothing at all."""
    path.unlink()
    path.write_bytes(chance.choice([b"", b"<html>not here</html>" * 999]))
    if chance.random() < 1 / 3:
        path.write_bytes(b"")
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE articles (id, url)")


# -- rows of the database -----------------------------------------------------------------------------


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


WARC: tuple[Kind, ...] = (flip, blank, cut, drop, leave_out, put_in)
ROWS: tuple[Kind, ...] = (drop_row, alter_row)
BYTES: tuple[Kind, ...] = tuple(
    map(
        _bytes_of,
        (flip_bytes, blank_bytes, cut_bytes, swap, behead, garble, spoil_log, replace),
    )
)
