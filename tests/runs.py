"""Running the product as a user does: the command in a process of its own, against the sample newspaper."""

import contextlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import starting
from starting import COMMAND as COMMAND

from crawler.demo.proxy import Replica

NOT_INHERITED = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "LAMDONG_ARCHIVE",
    "LAMDONG_DELAY",
    "PYTHONDONTWRITEBYTECODE",  # or each of some hundred runs compiles all modules: 0.4 s
)


def environment(replica: Replica | None, delay: float = 0) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in {n.lower() for n in NOT_INHERITED}
    }
    return {
        **kept,
        **(replica.environment if replica else {}),
        "LAMDONG_DELAY": str(delay),
        "PYTHONWARNINGS": "default",
    }


def lamdong(
    *arguments: object, replica: Replica | None = None, delay: float = 0, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `lamdong` and return what it printed; no run may print a traceback."""
    done = starting.run(
        [*COMMAND, *map(str, arguments)],
        env=environment(replica, delay),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "Warning: " not in done.stderr, done.stderr
    return done


def crawl(
    archive: Path, replica: Replica | None, *arguments: object, delay: float = 0
) -> tuple[dict[str, Any], str]:
    """Crawl and return the counts of `--json` and the report."""
    done = lamdong(
        "crawl", "--archive", archive, "--json", *arguments, replica=replica, delay=delay
    )
    assert done.returncode in {0, 3}, (done.returncode, done.stderr)
    return json.loads(done.stdout), done.stderr


def exported(archive: Path, *arguments: object) -> list[dict[str, Any]]:
    """Return what `lamdong export` hands out."""
    done = lamdong("export", "--archive", archive, *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_url(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {url: row for row in rows for url in row["urls"]}


@contextlib.contextmanager
def database(archive: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """Open an archive's database for a `with` block, which commits and closes; nothing else opens it."""
    path = f"file:{quote(str(archive / 'archive.db'))}?mode={mode}"
    with contextlib.closing(sqlite3.connect(path, uri=True)) as connection, connection:
        connection.row_factory = sqlite3.Row
        yield connection


def queried(archive: Path, query: str, *values: Any) -> list[sqlite3.Row]:
    """Return the rows of one query."""
    with database(archive) as db:
        return db.execute(query, values).fetchall()
