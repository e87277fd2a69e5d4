"""Kill every command that writes, with -9, at random moments; see that nothing is lost.

    python benchmarks/kills.py --kills 200

After each kill the archive is opened as any writer opens it. Then `verify` must find nothing, every whole record that
was in warc/ must be there, and every article that was held must have its id. The command, run again, must come to what
it comes to without a kill. Printed is a table of the phases in which the kills came, and what failed.
"""

import argparse
import importlib
import multiprocessing
import os
import random
import shutil
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from archive.store.holding import withheld
from archive.verifying import faults
from archive.warc import Record, records
from benchmarks.trials import Trial, quarter, run
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_to_note
from crawler.verifying import tools

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["crawler.cli", "crawler.running", "crawler.rebuilding"])
MOST_SECONDS = 300  # of one command
OLDER = Path(__file__).parents[1] / "tests" / "archives"
Ids = dict[str, int]


@dataclass
class Held:
    """What an archive holds: ids of articles by address, what is withheld among them; and which are withheld."""

    ids: Ids
    withheld: set[str]


@dataclass
class Command:
    """What is killed: a command upon a copy of the archive `before`.

    `took` is how many seconds it needs from its first write; `held` what the archive holds before it, `made` what it
    holds after it.
    """

    name: str
    before: Path
    arguments: list[str]
    environment: dict[str, str]
    took: float = 0.0
    began: float = 0.0  # when it wrote first, of the clock `time.monotonic`
    held: Held = field(init=False)
    made: Held = field(init=False)

    def run(self, folder: Path, kill_after: float | None = None) -> bool:
        """Run it, or kill it so many seconds after its first write; return whether it was killed.

        What comes before, the start of Python and its imports, takes most of the time and has nothing to lose.
        """
        arguments = [each.replace("@", f"{folder}-copy") for each in self.arguments]
        arguments[1:1] = ["--archive", str(folder)]
        process = FORKS.Process(target=_run, args=(arguments, self.environment))
        before = written(folder)
        process.start()
        while process.exitcode is None and written(folder) == before:
            time.sleep(0.001)
        self.began = time.monotonic()
        process.join(MOST_SECONDS if kill_after is None else kill_after)
        is_killed = process.exitcode is None
        process.kill()
        process.join()
        done = {0, 3, 1} if self.name in {"withhold", "release"} else {0, 3}  # 1: it is so already
        if not is_killed and process.exitcode not in done:
            raise SystemExit(f"{self.name}: exit status {process.exitcode}")
        return is_killed

    def measure(self, folder: Path) -> None:
        """Run it once to its end."""
        self.held = held(Path(shutil.copytree(self.before, f"{folder}-before")))
        shutil.copytree(self.before, folder)
        self.run(folder)
        self.took, self.made = time.monotonic() - self.began, held(folder)


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
    small, hidden, none = temporary / "small", temporary / "hidden", temporary / "none"
    none.mkdir()
    Command("", small, ["crawl", "--limit", "12", "--no-images"], environment).run(small)
    article = str(next(iter(held(small).ids.values())))
    shutil.copytree(small, hidden)
    Command("", hidden, ["withhold", article, "--why", "Kill."], environment).run(hidden)
    most = Path(shutil.copytree(small, temporary / "most"))
    Command("", most, ["crawl", "--limit", "24", "--no-images"], environment).run(most)
    (warc,) = (small / "warc").glob("*.gz")
    wanted = [
        ("crawl", most, ["crawl", "--no-images"]),
        ("import", none, ["import", str(warc)]),
        ("rebuild", hidden, ["rebuild"]),
        ("rebuild --index", hidden, ["rebuild", "--index"]),
        ("withhold", small, ["withhold", article, "--why", "Kill."]),
        ("release", hidden, ["release", article]),
        ("backup", small, ["backup", "@"]),
        *(("migration", each, ["rebuild", "--index"]) for each in older(temporary)),
    ]
    found = [Command(*each, environment) for each in wanted]
    for number, command in enumerate(found):
        command.measure(temporary / f"whole-{number}")
    return found


def older(temporary: Path) -> Iterator[Path]:
    """Unpack an archive of every schema there was."""
    for packed in sorted(OLDER.glob("*.tar.gz")):
        with tarfile.open(packed) as tar:
            tar.extractall(temporary, filter="data")
        yield temporary / packed.name.removesuffix(".tar.gz")


def held(folder: Path) -> Held:
    """Return what an archive holds, once what a dead run left is taken over."""
    with open_to_note(folder) as archive:
        archive.begin()
        subjects = {subject for subject, _, _ in withheld(archive.db)}
        rows = archive.db.execute("SELECT url, id FROM articles").fetchall()
        return Held({row["url"]: row["id"] for row in rows}, subjects)


def whole(folder: Path) -> set[tuple[str, int, str | None]]:
    """Return the whole records of an archive."""
    return {
        (path.name, found.place.offset, found.id)
        for path in (folder / "warc").glob("*.warc.gz")
        for found in records(path)
        if isinstance(found, Record)
    }


def written(folder: Path) -> set[tuple[Path, int, int]]:
    """Return the files of an archive and of the copy of it, with their sizes and times: other ones after any write."""
    found = set()
    for each in (folder, Path(f"{folder}-copy")):
        for path in (Path(base, name) for base, _, names in os.walk(each) for name in names):
            with suppress(FileNotFoundError):  # it went meanwhile
                stat = path.stat()
                found.add((path, stat.st_size, stat.st_mtime_ns))
    return found


def lost(command: Command, folder: Path) -> Iterator[str]:
    """Yield what is wrong after a kill: with what the next writer left, then with what the command itself did."""
    before, opened = whole(folder), held(folder)
    yield from faults(folder, tools(0))
    if gone := before - whole(folder):
        yield f"records are gone: {sorted(gone)[:3]}"
    if not command.held.ids.items() <= opened.ids.items():
        yield "articles are gone, or have other ids"
    command.run(folder)
    yield from faults(folder, tools(0))
    after = held(folder)
    if not command.held.ids.items() <= after.ids.items():
        yield "run again: articles are gone, or have other ids"
    if (after.ids.keys(), after.withheld) != (command.made.ids.keys(), command.made.withheld):
        yield "run again: it holds other articles than without a kill, or withholds others"
    if command.name == "backup":
        yield from faults(Path(f"{folder}-copy"), tools(0))


def kill(command: Command, chance: random.Random, folder: Path) -> Trial:
    """Kill it at any moment of its run, and see what is lost."""
    is_killed = False
    while not is_killed:  # where it had ended before, that was no kill
        for each in (folder, Path(f"{folder}-copy")):
            shutil.rmtree(each, ignore_errors=True)
        shutil.copytree(command.before, folder)
        before, after = written(folder), chance.uniform(0, command.took)
        is_killed = command.run(folder, after)
    phase = quarter(after / command.took) if written(folder) != before else "nothing written"
    try:
        wrong = list(lost(command, folder))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is a finding
        wrong = [repr(error)]
    told = f"{command.name} after {after:.3f} of {command.took:.3f} s: {wrong[:4]}"
    return Trial(command.name, phase, told if wrong else "")


def tried(wanted: argparse.Namespace) -> Iterator[Trial]:
    """Make the archives; kill the commands in turn, and so the migrations of every schema."""
    chance = random.Random(wanted.seed)
    with tempfile.TemporaryDirectory(prefix="lamdong-kills-") as temporary:
        room = Path(temporary)
        with Replica(SampleNewspaper(troubles=False), room / "replica") as replica:
            by_name: dict[str, list[Command]] = defaultdict(list)
            for command in commands(room, replica):
                by_name[command.name].append(command)
            in_turn = cycle([cycle(each) for each in by_name.values()])
            for number in range(wanted.count):
                folder = room / f"{number}"
                yield (trial := kill(next(next(in_turn)), chance, folder))
                for each in (folder, Path(f"{folder}-copy")) if not trial.wrong else ():
                    shutil.rmtree(each, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Kill, look, print."""
    return run(__doc__, "kills", tried, arguments)


if __name__ == "__main__":
    sys.exit(main())
