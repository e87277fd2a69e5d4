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
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.store import Archive
from archive.store.holding import withheld
from archive.verifying import faults
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_to_note
from crawler.verifying import tools

CLONE = Path(__file__).parents[1]
sys.path.insert(0, str(CLONE))

from benchmarks.disk import Call, Disk, calls, record  # noqa: E402 - wherever this is called from

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

        def run(name: str, folder: Path, *arguments: str) -> Recorded:
            before, log = temporary / f"before-{name}", temporary / f"{name}.strace"
            shutil.copytree(folder, before)
            command = [*LAMDONG, arguments[0], "--archive", str(folder), *arguments[1:]]
            done = record(command, environment, log)
            if done.returncode not in {0, 3}:
                raise SystemExit(f"{name} failed:\n{done.stderr.decode()}")
            return Recorded(name, before, folder, list(calls(log)))

        folder = temporary / "archive"
        folder.mkdir()
        yield run("crawl, new", folder, "crawl", "--limit", "10", "--no-images")
        (warc,) = (folder / "warc").glob("*.gz")
        file = shutil.copy(warc, temporary / "theirs.warc.gz")
        yield run("crawl", folder, "crawl", "--limit", "40")
        with contextlib.closing(Archive(folder)) as archive:
            article = str(archive.db.execute("SELECT max(id) FROM articles").fetchone()[0])
        yield run("withhold", folder, "withhold", article, "--why", "Power.")
        yield run("release", folder, "release", article)
        yield run("rebuild", folder, "rebuild")
        yield run("rebuild --index", folder, "rebuild", "--index")
        other = temporary / "other"
        other.mkdir()
        yield run("import", other, "import", str(file))


def cuts(of: Recorded, count: int, seed: int, temporary: Path) -> Iterator[str]:
    """Cut so often at random; yield what was wrong, "" where nothing was."""
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
        yield f"{of.name}, cut {number} after call {moment}: {wrong[:4]}" if wrong else ""
        if not wrong:
            shutil.rmtree(folder)
    for call in of.calls[done:]:
        disk.do(call)
    if left := disk.unsynced(".warc.gz"):
        yield f"{of.name}: ended, and not on the disk: {left}"


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


def main(arguments: list[str] | None = None) -> int:
    """Record, cut, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=200, help="of all commands together")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    made, failed = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="lamdong-power-") as temporary:
        commands = list(recorded(Path(temporary)))
        for number, command in enumerate(commands):
            count = wanted.cuts // len(commands) + (number < wanted.cuts % len(commands))
            for wrong in cuts(command, count, wanted.seed, Path(temporary) / "cuts" / str(number)):
                made[command.name] += 1
                failed[command.name] += bool(wrong)
                print(wrong, end="\n" * bool(wrong), flush=True)
    for name, count in made.items():
        print(f"{name:16} {count:4} cuts, {failed[name]:3} lost something")
    return 1 if failed.total() else 0


if __name__ == "__main__":
    sys.exit(main())
