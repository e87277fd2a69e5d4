"""Kill every command that writes, with -9, at random moments; see that nothing is lost.

    python benchmarks/kills.py --kills 200

After each kill the archive is opened as any writer opens it. Then `verify` must find nothing, every whole record that
was in warc/ must be there, and every article that was held must have its id. Printed is a table, and what failed.
"""

import argparse
import importlib
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from archive.backup import backup
from archive.schema import migrations
from archive.verifying import faults
from archive.warc import Record, records
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_to_note
from crawler.verifying import tools

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["crawler.cli", "crawler.running", "crawler.rebuilding"])
MOST_SECONDS = 300  # of one command
Ids = dict[str, int]


@dataclass
class Command:
    """What is killed: a command upon a copy of the archive `before`; `took` is how many seconds it needs."""

    name: str
    before: Path
    arguments: list[str]
    environment: dict[str, str]
    took: float = 0.0
    ids: Ids = field(default_factory=dict)

    def run(self, folder: Path, kill_after: float | None = None) -> bool:
        """Run it, or kill it after so many seconds; return whether it was killed."""
        arguments = [each.replace("@", f"{folder}-copy") for each in self.arguments]
        arguments[1:1] = ["--archive", str(folder)]
        process = FORKS.Process(target=_run, args=(arguments, self.environment))
        process.start()
        process.join(kill_after or MOST_SECONDS)
        is_killed = process.exitcode is None
        process.kill()
        process.join()
        if not is_killed and process.exitcode not in {0, 3}:
            raise SystemExit(f"{self.name}: exit status {process.exitcode}")
        return is_killed


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    from crawler import settings
    from crawler.cli import main

    os.environ.update(environment)
    with Path(os.devnull).open("w") as nothing:
        for number in (1, 2):
            os.dup2(nothing.fileno(), number)
        sys.argv[1:] = arguments
        importlib.reload(settings)  # read from the environment when the fork server began
        main()


def commands(temporary: Path, replica: Replica) -> list[Command]:
    """Make the archives, and return the commands; each has run once."""
    environment = {**replica.environment, "LAMDONG_DELAY": "0"}
    small, held = temporary / "small", temporary / "held"
    (temporary / "none").mkdir()
    first = ["crawl", "--limit", "12", "--no-images"]
    Command("", small, first, environment).run(small)
    shutil.copytree(small, held)
    ids = ids_of(small)
    article = str(next(iter(ids.values())))
    Command("", held, ["withhold", article, "--why", "Kill."], environment).run(held)
    older = shutil.copytree(small, temporary / "older")
    for path in older.glob("archive.db*"):
        path.unlink()
    with closing(open_raw(older)) as db:
        migrations.apply(db, stop_before="suggestions")
    (warc,) = (small / "warc").glob("*.gz")
    wanted = [
        ("crawl", small, ["crawl", "--no-images"]),
        ("import", temporary / "none", ["import", str(warc)]),
        ("rebuild", held, ["rebuild"]),
        ("rebuild --index", held, ["rebuild", "--index"]),
        ("withhold", small, ["withhold", article, "--why", "Kill."]),
        ("release", held, ["release", article]),
        ("backup", small, ["backup", "@"]),
        ("migration", older, ["rebuild", "--index"]),
    ]
    found = [Command(*each, environment) for each in wanted]
    for number, command in enumerate(found):
        folder = shutil.copytree(command.before, temporary / f"whole-{number}")
        began = time.monotonic()
        command.run(folder)
        command.took = time.monotonic() - began
        command.ids = ids_of(command.before) if command.before != older else {}
    return found


def open_raw(folder: Path) -> Database:
    """Open a database as sqlite-utils does, with no tables made."""
    return Database(folder / "archive.db")


def ids_of(folder: Path) -> Ids:
    """Return the ids of the articles held, what is withheld among them, by address."""
    if not (folder / "archive.db").exists():
        return {}
    with open_to_note(folder) as archive:
        archive.begin()
        rows = archive.db.execute("SELECT url, id FROM articles").fetchall()
    return {row["url"]: row["id"] for row in rows}


def whole(folder: Path) -> set[tuple[str, int, str | None]]:
    """Return the whole records of an archive."""
    return {
        (path.name, found.place.offset, found.id)
        for path in (folder / "warc").glob("*.warc.gz")
        for found in records(path)
        if isinstance(found, Record)
    }


def lost(command: Command, folder: Path) -> Iterator[str]:
    """Yield what is wrong after a kill, with what the next writer left."""
    before = whole(folder)
    try:
        open_to_note(folder).close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        yield repr(error)
        return
    yield from faults(folder, tools(0))
    if gone := before - whole(folder):
        yield f"records are gone: {sorted(gone)[:3]}"
    if not command.ids.items() <= ids_of(folder).items():
        yield "articles are gone, or have other ids"
    if command.name == "backup":
        copy = Path(f"{folder}-copy")
        backup(folder, copy)
        yield from faults(copy, tools(0))


def kills(command: Command, count: int, seed: int, temporary: Path) -> Iterator[tuple[bool, str]]:
    """Kill so often; yield whether it was still running then, and what was wrong, "" where nothing was."""
    chance = random.Random(f"{seed}/{command.name}")
    for number in range(count):
        folder = shutil.copytree(command.before, temporary / f"{command.name}-{number}")
        after = chance.uniform(0, command.took)
        is_killed = command.run(folder, after)
        wrong = list(lost(command, folder))
        yield is_killed, f"{command.name} after {after:.3f} s: {wrong[:4]}" if wrong else ""
        if not wrong:
            shutil.rmtree(folder)
            with suppress(FileNotFoundError):
                shutil.rmtree(f"{folder}-copy")


def main(arguments: list[str] | None = None) -> int:
    """Kill, look, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="of all commands together")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    killed, failed = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="lamdong-kills-") as temporary:
        room = Path(temporary)
        with Replica(SampleNewspaper(troubles=False), room / "replica") as replica:
            all_of = commands(room, replica)
            for number, command in enumerate(all_of):
                count = wanted.kills // len(all_of) + (number < wanted.kills % len(all_of))
                for is_killed, wrong in kills(command, count, wanted.seed, room / "killed"):
                    killed[command.name] += is_killed
                    failed[command.name] += bool(wrong)
                    print(wrong, end="\n" * bool(wrong), flush=True)
                print(
                    f"{command.name:16} {count:4} runs, {killed[command.name]:4} killed on their way,"
                    f" {failed[command.name]:3} lost something",
                    flush=True,
                )
    return 1 if failed.total() else 0


if __name__ == "__main__":
    sys.exit(main())
