"""Cut the power at random moments of crawl, import, withhold and rebuild; see that nothing durable is lost.

    python benchmarks/power_cuts.py --cuts 200

Each command runs once under strace; what it wrote and synced until a random moment is replayed on a disk that loses
any part of what was not synced (`benchmarks.disk`). Then the archive is opened as any writer opens it. After that
`verify` must find nothing, and what was synced before must be there. Printed is a table, and each cut that failed.
"""

import argparse
import contextlib
import io
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.store import Archive
from archive.store.holding import withheld
from archive.verifying import faults
from benchmarks.disk import Call, Disk, calls, record
from benchmarks.trials import Trial, quarter, run, shares
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_to_note
from crawler.verifying import tools

LAMDONG = [sys.executable, "-m", "crawler"]


@dataclass
class Recorded:
    """A command: the folder before it, and the calls it made."""

    name: str
    before: Path
    folder: Path  # where it ran
    calls: list[Call]


def recorded(temporary: Path) -> Iterator[Recorded]:
    """Run the commands, each once."""
    with Replica(SampleNewspaper(troubles=False), temporary / "replica") as replica:
        environment = {**os.environ, **replica.environment, "LAMDONG_DELAY": "0"}

        def ran(name: str, folder: Path, *arguments: str) -> Recorded:
            before, log = temporary / f"before-{name}", temporary / f"{name}.strace"
            shutil.copytree(folder, before)
            command = [*LAMDONG, arguments[0], "--archive", str(folder), *arguments[1:]]
            done = record(command, environment, log)
            if done.returncode not in {0, 3}:
                raise SystemExit(f"{name} failed:\n{done.stderr.decode()}")
            return Recorded(name, before, folder, list(calls(log)))

        folder = temporary / "archive"
        folder.mkdir()
        yield ran("crawl, new", folder, "crawl", "--limit", "10", "--no-images")
        (warc,) = (folder / "warc").glob("*.gz")
        file = shutil.copy(warc, temporary / "theirs.warc.gz")
        yield ran("crawl", folder, "crawl", "--limit", "40")
        with contextlib.closing(Archive(folder)) as archive:
            article = str(archive.db.execute("SELECT max(id) FROM articles").fetchone()[0])
        yield ran("withhold", folder, "withhold", article, "--why", "Power.")
        yield ran("release", folder, "release", article)
        yield ran("rebuild", folder, "rebuild")
        yield ran("rebuild --index", folder, "rebuild", "--index")
        other = temporary / "other"
        other.mkdir()
        yield ran("import", other, "import", str(file))


def cuts(of: Recorded, count: int, seed: int, temporary: Path) -> Iterator[Trial]:
    """Cut so often at random, and at the end see that all is on the disk."""
    chance, disk = random.Random(f"{seed}/{of.name}"), Disk(of.before, of.folder)
    temporary.mkdir(parents=True)
    moments = sorted(chance.randrange(len(of.calls) + 1) for _ in range(count))
    done = 0
    for number, moment in enumerate(moments):
        for call in of.calls[done:moment]:
            disk.do(call)
        done = moment
        folder = temporary / f"cut-{number}"
        folder.mkdir()
        disk.left(chance, folder)
        wrong = list(lost(folder, disk))
        told = f"{of.name}, cut {number} after call {moment}: {wrong[:4]}"
        yield Trial(of.name, quarter(moment / len(of.calls)), told if wrong else "")
        if not wrong:
            shutil.rmtree(folder)
    for call in of.calls[done:]:
        disk.do(call)
    if left := disk.unsynced(".warc.gz"):
        yield Trial(of.name, "ended", f"{of.name}: ended, and not on the disk: {left}")


def lost(folder: Path, disk: Disk) -> Iterator[str]:
    """Yield what is wrong with what a cut left: before the next writer, and after it."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            if (folder / "archive.db").exists():
                list(faults(folder, tools(0)))
            with open_to_note(folder) as archive:
                if archive.asked_again is not None:
                    yield f"rows were ahead of the files: {said.getvalue()}"
                subjects = [subject for subject, _, _ in withheld(archive.db)]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            yield repr(error)
            return
    yield from faults(folder, tools(0))
    for path, content in disk.synced(".warc.gz").items():
        if not (folder / path).exists() or not (folder / path).read_bytes().startswith(content):
            yield f"{path}: bytes that were synced are gone"
    if b"is withheld; its captures are kept" in disk.printed and not subjects:
        yield "what was withheld is not"
    if b"is shown again" in disk.printed and subjects:
        yield "what was released is not"


def tried(wanted: argparse.Namespace) -> Iterator[Trial]:
    """Record, and cut."""
    with tempfile.TemporaryDirectory(prefix="lamdong-power-") as temporary:
        commands = list(recorded(Path(temporary)))
        for number, count in enumerate(shares(wanted.count, len(commands))):
            room = Path(temporary) / "cuts" / str(number)
            yield from cuts(commands[number], count, wanted.seed, room)


def main(arguments: list[str] | None = None) -> int:
    """Record, cut, print."""
    return run(__doc__, "cuts", tried, arguments)


if __name__ == "__main__":
    sys.exit(main())
