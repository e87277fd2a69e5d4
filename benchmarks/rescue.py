"""Damage the database of an archive in random ways: each command says it in one sentence, and a rebuild mends it.

`python -m benchmarks.damage` does this for the database, and the like for warc/.
"""

import asyncio
import contextlib
import io
import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from archive.web.served import Allowed, served, tell_failures_briefly
from crawler.cli import cli
from crawler.rebuilding import rebuild

DATABASE = "archive.db"
PAGE = 4096  # bytes
ADDRESSES = (
    *("/", "/.json", "/articles/{}", "/articles/{}.json", "/articles/{}/history", "/search?q=l%C3%A2m"),
    *("/search.json?q=lam&sort=relevance", "/sections", "/authors", "/tags", "/days", "/corrections", "/disappeared"),
    *("/feed.atom", "/feed.json", "/status", "/status.json", "/export.jsonl", "/captures/3", "/archive/articles.json"),
    *("/archive/urls", "/url/https://baolamdong.vn/x"),
)  # fmt: skip
ODD = (-1, 2**63 - 1, 1.5, None, "x", b"\xff\xfe", "{", "[]", '{"a": 1}', "9" * 400)  # values
# What a command that reads an archive, or writes it, is called with; {} is an article's id, @ a file to write.
READING = ("status", "status --json", "search lam", "search lâm --json --sort newest", "export", "export --format json",
           "export --versions", "export --format wacz --output @", "verify", "verify --sample 5", "backup @",
           "rebuild --dry-run")  # fmt: skip
WRITING = ("withhold {} --why x", "release {}", "rebuild --index", "verify --repair", "import +")


def flip(path: Path, chance: random.Random) -> None:
    """Flip some bytes anywhere."""
    with path.open("r+b") as file:
        for _ in range(chance.choice([1, 1, 8, 64])):
            file.seek(chance.randrange(path.stat().st_size))
            file.write(bytes([chance.randrange(256)]))


def blank(path: Path, chance: random.Random) -> None:
    """Write zeros, or nonsense, over some pages."""
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for _ in range(chance.choice([1, 1, 4, 20])):
            file.seek(chance.randrange(pages) * PAGE)
            file.write(chance.choice([bytes(PAGE), chance.randbytes(PAGE)]))


def cut(path: Path, chance: random.Random) -> None:
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
    chance.choice([flip, blank, cut, behead])(log, chance)


def replace(path: Path, chance: random.Random) -> None:
    """Put something else in its place: another database, text, nothing at all."""
    path.unlink()
    path.write_bytes(chance.choice([b"", b"<html>not here</html>" * 999]))
    if chance.random() < 1 / 3:
        path.write_bytes(b"")
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE articles (id, url)")


KINDS: tuple[Callable[[Path, random.Random], None], ...] = (
    flip, blank, cut, swap, behead, garble, spoil_log, replace,
)  # fmt: skip


def tried(archive: Path, number: int, seed: int) -> tuple[str, list[str]]:
    """Do one damage to copies of an archive; return its kind, and what was not as it must be."""
    chance = random.Random(f"database {seed}/{number}")
    kind = KINDS[number % len(KINDS)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(archive, Path(temporary) / "archive"))
        kind(folder / DATABASE, chance)
        article = exported(archive)[0]["id"]
        return kind.__name__, [
            *_commands(folder, article),
            *_pages(folder, article),
            *_rescued(folder, archive),
        ]


def _commands(folder: Path, article: int) -> Iterator[str]:
    """Yield the commands that end otherwise than with one sentence. What writes works on a copy."""
    source = next((folder / "warc").glob("*.warc.gz"))
    for number, line in enumerate((*READING, *WRITING)):
        copy = folder if line in READING else Path(shutil.copytree(folder, f"{folder}-{number}"))
        named = {"@": str(folder.with_name(f"out{number}")), "+": str(source)}
        if wrong := said(copy, [named.get(word, word) for word in line.format(article).split()]):
            yield f"`{line}`: {wrong}"


def said(folder: Path, words: list[str]) -> str:
    """Run a command; return how it ended otherwise than as it should: an exit status, one sentence for a failure."""
    done = CliRunner().invoke(cli, [*words, "--archive", str(folder)])
    error = done.exception
    if error is not None and not isinstance(error, SystemExit):
        return repr(error)
    if done.exit_code not in {0, 1, 3, 4}:
        return f"ended with {done.exit_code}: {done.stderr[-200:]}"
    is_told = done.exit_code != 1 or done.stderr.rstrip().rpartition("\n")[2].startswith("Error: ")
    return "" if is_told else f"not one sentence: {done.output[-300:]}"


def status_of(folder: Path, words: list[str]) -> int:
    """Run a command; return its exit status."""
    return CliRunner().invoke(cli, [*words, "--archive", str(folder)]).exit_code


def _pages(folder: Path, article: int) -> Iterator[str]:
    """Yield the addresses of the site that answer otherwise than with a page, or with one sentence."""
    for address, wrong in asyncio.run(_answers(folder, article)):
        yield f"{address}: {wrong}"


async def _answers(folder: Path, article: int) -> list[tuple[str, str]]:
    tell_failures_briefly()
    site, faults = served(folder, Allowed()), []
    for address in ADDRESSES:
        with contextlib.redirect_stderr(io.StringIO()) as told:
            try:
                status = (await site.client.get(address.format(article))).status_code
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                faults.append((address, repr(error)))
                continue
        if "Traceback" in told.getvalue():
            faults.append((address, f"{status} with a traceback: {told.getvalue()[-400:]}"))
    return faults


def _rescued(folder: Path, sound: Path) -> Iterator[str]:
    """Yield what is wrong after a rebuild: another export than that of the sound archive, or damage."""
    try:
        rebuild(folder, workers=0)
    except Exception as error:  # noqa: BLE001
        yield f"rebuild: {error!r}"
        return
    if exported(folder) != exported(sound):
        yield "rebuild: another export than before"
    if faults := CliRunner().invoke(cli, ["verify", "--archive", str(folder)]).stdout:
        yield f"rebuild: verify says {faults[:300]}"


def exported(folder: Path) -> list[Any]:
    """Return what `lamdong export --versions` hands out."""
    done = CliRunner().invoke(cli, ["export", "--versions", "--archive", str(folder)])
    return [json.loads(line) for line in done.stdout.splitlines()]
