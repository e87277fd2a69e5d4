"""Pages for readers while others ask hostile SQL: how long they wait, and what the processes hold.

    python benchmarks/hostile_sql.py                              100,000 articles of text it makes
    python benchmarks/hostile_sql.py --folder DIR --askers 50     in DIR, as benchmarks/serve.py built it

Each asker sends one hostile question after the other: blobs, endless recursions, sorts, functions that cannot be
interrupted. wrk asks for pages over eight connections, before and meanwhile. The memory is the largest ever resident.
"""

import http.client
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote, urlsplit

import click
from building import built_in
from loading import OURS, Load, Server, asked, serving
from metering import Meter
from report import Figure, show_figures, table
from rich.console import Console
from serve import pages_of

from archive.store.opening import open_database

MANY = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
HOSTILE = (
    "SELECT zeroblob(1000000000)",
    "SELECT hex(randomblob(900000000))",
    f"{MANY} SELECT count(*) FROM c",
    f"{MANY} SELECT x, hex(zeroblob(500)) AS y FROM c LIMIT 2 OFFSET 900000",
    f"{MANY} SELECT hex(zeroblob(500)) || x AS y FROM (SELECT x FROM c LIMIT 3000000) ORDER BY y LIMIT 2",
    f"{MANY} SELECT group_concat(hex(zeroblob(1000))) FROM (SELECT x FROM c LIMIT 3000000)",
    "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
    "SELECT length(replace(hex(zeroblob(2000000)), '0', hex(zeroblob(2000))))",
    "SELECT printf('%.*c', 1000000000, 'x')",
    "SELECT vn_query(hex(zeroblob(1800000)))",
    "SELECT count(*) FROM articles a, articles b, articles c WHERE a.title LIKE '%' || b.title || c.title",
)  # fmt: skip
PAGES = ("article", "search", "search, new")
WAIT = 150  # seconds an asker waits for an answer


@contextmanager
def hostile(server: Server, askers: int) -> Iterator[Counter[int]]:
    """Ask hostile questions without a pause until the block ends; give answers by status, 0 for none."""
    told: Counter[int] = Counter()
    ended = threading.Event()

    def ask(first: int) -> None:
        for sql in islice(cycle(HOSTILE), first, None):
            if ended.is_set():
                return
            status = _status(server, f"/archive.json?sql={quote(sql)}")
            if not ended.is_set():  # else the server itself is ending
                told[status] += 1

    threads = [threading.Thread(target=ask, args=(n,), daemon=True) for n in range(askers)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        ended.set()


def _status(server: Server, path: str) -> int:
    with closing(http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=WAIT)) as line:
        try:
            line.request("GET", path)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        return answer.status


class Memory:
    """The largest memory of a server, and of the processes it begins, which come and go; bytes."""

    def __init__(self, server: Server) -> None:
        self._pid = server.pid
        self.pages = self.sql = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again until the block ends."""
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(ended,))
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def _watch(self, ended: threading.Event) -> None:
        while not ended.wait(0.05):
            self.pages = max(self.pages, _peak(f"{self._pid}"))
            self.sql = max([self.sql, *map(_peak, self._begun())])

    def _begun(self) -> list[str]:
        lists = Path(f"/proc/{self._pid}/task").glob("*/children")
        return [pid for each in lists for pid in _read(each).split()]


def _peak(pid: str) -> int:
    """The largest memory a process ever had; 0 where it has ended, or the system has no /proc (proc(5))."""
    found = [
        line for line in _read(Path(f"/proc/{pid}/status")).splitlines() if line.startswith("VmHWM")
    ]
    return int(found[0].split()[1]) * 1024 if found else 0


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError:
        return ""


def measure(console: Console, folder: Path, articles: int, askers: int, seconds: int) -> None:
    """Show how readers fare before and meanwhile, and the figures."""
    with closing(open_database(folder, writable=False)) as db:
        pages, _ = pages_of(db)
    with serving([*OURS, str(folder)]) as server:
        memory = Memory(server)
        with memory.watched():
            before = {name: asked(server, pages[name], seconds) for name in PAGES}
            with hostile(server, askers) as told:
                meanwhile = {name: asked(server, pages[name], seconds) for name in PAGES}
    show(console, before, meanwhile)
    statuses = ", ".join(f"{count} of {status}" for status, count in sorted(told.items()))
    console.print(f"answers to {askers} hostile askers by status: {statuses or 'none yet'}")
    ratios = [
        Figure(f"{name} page, p95 meanwhile / before", 2, meanwhile[name].p95 / before[name].p95)
        for name in PAGES
    ]
    failed = sum(load.failed for load in meanwhile.values())
    show_figures(console, [
        *ratios,
        Figure("pages that failed meanwhile", 0, failed),
        Figure("process of the pages, most MB", 400, memory.pages / 1e6),
        Figure("process of the SQL, most MB", 400, memory.sql / 1e6),
    ], articles)  # fmt: skip


def show(console: Console, before: dict[str, Load], meanwhile: dict[str, Load]) -> None:
    shown = table(
        "eight connections",
        "page",
        "p50 before",
        "p50 meanwhile",
        "p95 before",
        "p95 meanwhile",
        "requests/s",
    )
    for name in PAGES:
        one, other = before[name], meanwhile[name]
        waits = (one.p50, other.p50, one.p95, other.p95)
        shown.add_row(name, *(f"{ms:.1f} ms" for ms in waits), f"{one.rate:.0f} → {other.rate:.0f}")
    console.print(shown)


@click.command()
@click.option("--articles", default=100_000, show_default=True, help="Articles of the archive.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build here and keep it; use what is here if it has so many articles.",
)
@click.option("--askers", default=50, show_default=True, help="Hostile questions at once.")
@click.option("--seconds", default=20, show_default=True, help="How long each page is asked for.")
def main(articles: int, folder: Path | None, askers: int, seconds: int) -> None:
    """Measure the pages while others ask hostile SQL."""
    if not shutil.which("wrk"):
        raise click.ClickException("This needs wrk, which is not installed: apt install wrk")
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        built_in(place, articles, None, Meter(1, time.perf_counter))
        measure(Console(), place, articles, askers, seconds)


if __name__ == "__main__":
    main()
