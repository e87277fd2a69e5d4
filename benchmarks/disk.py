"""A disk that loses power: what a command wrote and synced, as strace tells it, and what a cut may leave of that.

Until a file is synced (fsync), of its writes any part may be lost, by sectors, in any order; until its folder is, so
may its name be, and those after it. That is the least a file system promises; most keep more.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SECTOR: Final = 512  # bytes a disk writes whole or not at all
_CALLS: Final = (
    "openat,write,pwrite64,ftruncate,truncate,fsync,fdatasync,rename,renameat,renameat2"
    ",unlink,unlinkat,mkdir,mkdirat"
)
_LINE: Final = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_BEGUN: Final = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED: Final = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPEN_FILE: Final = re.compile(r"<((?:\\x[0-9a-f]{2})*)>")


@dataclass(slots=True, frozen=True)
class Call:
    """One call of the system: its name, the open file it is about, texts and numbers given, flags."""

    name: str
    path: str
    texts: list[bytes]
    rest: str

    def number(self, last: int) -> int:
        return int(self.rest.split(",")[-last].strip(" )"))


def record(
    command: list[str], environment: dict[str, str], log: Path
) -> subprocess.CompletedProcess[bytes]:
    """Run a command under strace, which writes into `log`."""
    if not shutil.which("strace"):
        raise SystemExit("strace is not installed; it records what a command writes and syncs.")
    traced = ["strace", "-f", "-y", "-qq", "-xx", "-s", "100000000", "-e", f"trace={_CALLS}"]
    return subprocess.run(
        [*traced, "-o", str(log), *command], env=environment, capture_output=True, check=False
    )


def calls(log: Path) -> Iterator[Call]:
    """Yield the calls that succeeded, in order."""
    begun: dict[str, str] = {}
    with log.open() as lines:
        for line in lines:
            if match := _BEGUN.match(line):
                begun[match[1]] = match[3]
                continue
            if match := _RESUMED.match(line):
                line = f"{match[1]} {match[2]}({begun.pop(match[1], '')}{match[3]}"
            match = _LINE.match(line)
            if match and int(match[4]) >= 0:
                given = match[3]
                file = _OPEN_FILE.search(given)
                texts = [_bytes(text) for text in _TEXT.findall(given)]
                path = _bytes(file[1]).decode() if file else ""
                yield Call(match[2], path, texts, _TEXT.sub("", given))


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass(slots=True, eq=False)
class File:
    """A file: what is synced of it, and what was done since: bytes written at an offset, or a new length."""

    synced: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    size: int = 0

    def write(self, offset: int, content: bytes) -> None:
        self.since.append((offset, content))
        self.size = max(self.size, offset + len(content))

    def cut(self, size: int) -> None:
        self.since.append((size, None))
        self.size = size

    def sync(self) -> None:
        self.synced, self.since = _done(self.synced, self.since), []

    def left(self, chance: random.Random) -> bytes:
        """What a cut leaves."""
        kind, done = chance.choice(["none", "all", "first ones", "some"]), self.since
        if kind == "none":
            return self.synced
        if kind == "first ones":
            done = done[: chance.randint(0, len(done))]
            done = [*done[:-1], *(each for last in done[-1:] for each in _sectors(last, chance))]
        elif kind == "some":
            done = [each for one in done for each in _sectors(one, chance)]
        return _done(self.synced, done)


def _sectors(
    done: tuple[int, bytes | None], chance: random.Random
) -> Iterator[tuple[int, bytes | None]]:
    """Some sectors of a write, all or none."""
    offset, content = done
    share = chance.choice([0, 0.5, 1])
    if content is None:
        if share:
            yield done
        return
    begin = offset
    while begin < offset + len(content):
        end = min((begin // SECTOR + 1) * SECTOR, offset + len(content))
        if chance.random() < share:
            yield begin, content[begin - offset : end - offset]
        begin = end


def _done(synced: bytes, since: list[tuple[int, bytes | None]]) -> bytes:
    content = bytearray(synced)
    for offset, written in since:
        content += bytes(max(0, offset - len(content)))
        if written is None:
            del content[offset:]
        else:
            content[offset : offset + len(written)] = written
    return bytes(content)


class Disk:
    """A folder on such a disk: at first all that lies in it is synced."""

    def __init__(self, before: Path, folder: Path) -> None:
        """`folder` is what calls name; `before` is a copy of what was in it before the first."""
        self._root = str(folder)
        self._names: dict[str, File | None] = {self._root: None}  # None: a folder
        for path in before.rglob("*"):
            content = None if path.is_dir() else path.read_bytes()
            file = None if content is None else File(content, size=len(content))
            self._names[str(folder / path.relative_to(before))] = file
        self._synced = dict(self._names)
        self._since: list[dict[str, File | bool | None]] = []  # names set; False: taken away
        self.printed = b""

    def do(self, call: Call) -> bool:
        """Do what a call did; return whether it is about the folder."""
        paths = [self._path(text) for text in call.texts]
        if call.name in {"write", "pwrite64"} and not self._is_within(call.path):
            self.printed += b"".join(call.texts)
        about = (
            call.path
            if call.name in {"write", "pwrite64", "ftruncate", "fsync", "fdatasync"}
            else (paths[-1] if paths else "")
        )
        if not self._is_within(about):
            return False
        getattr(self, f"_{call.name.removesuffix('at2').removesuffix('at')}")(call, about, paths)
        return True

    def unsynced(self, ending: str) -> list[str]:
        """Return the files of which, or of whose name, a cut could take anything."""
        files = {path: file for path, file in self._names.items() if file and path.endswith(ending)}
        return [
            path for path, file in files.items() if file.since or self._synced.get(path) is not file
        ]

    def synced(self, ending: str) -> dict[str, bytes]:
        """Return what no cut can take of the files of that ending, by their path below the folder."""
        return {
            path.removeprefix(f"{self._root}/"): file.synced
            for path, file in self._synced.items()
            if file and path.endswith(ending)
        }

    def left(self, chance: random.Random, folder: Path) -> None:
        """Write what a cut leaves into a folder."""
        names, stopped = dict(self._synced), set()
        for change in self._since:
            parents = {str(Path(path).parent) for path in change}
            if stopped & parents or chance.random() < 0.2:
                stopped |= parents
                continue
            _rename(names, change)
        for path, file in sorted(names.items()):
            copy = folder / Path(path).relative_to(self._root)
            if not copy.parent.is_dir() or path.endswith("-shm"):
                continue  # its folder is lost; or it is no file but shared memory
            if file is None:
                copy.mkdir(exist_ok=True)
            else:
                copy.write_bytes(file.left(chance))

    # -- calls ----------------------------------------------------------------------------------------

    def _path(self, text: bytes) -> str:
        return text.decode(errors="replace")

    def _is_within(self, path: str) -> bool:
        return path == self._root or path.startswith(f"{self._root}/")

    def _named(self, change: dict[str, File | bool | None]) -> None:
        _rename(self._names, change)
        self._since.append(change)

    def _open(self, call: Call, about: str, _paths: list[str]) -> None:
        file = self._names.get(about)
        if about not in self._names and "O_CREAT" in call.rest:
            self._named({about: File()})
        elif file and "O_TRUNC" in call.rest and file.size:
            file.cut(0)

    def _write(self, call: Call, about: str, _paths: list[str]) -> None:
        if file := self._names.get(about):
            file.write(file.size, call.texts[0])  # all that is written so is written at the end

    def _pwrite64(self, call: Call, about: str, _paths: list[str]) -> None:
        if file := self._names.get(about):
            file.write(call.number(1), call.texts[0])

    def _ftruncate(self, call: Call, about: str, _paths: list[str]) -> None:
        if (file := self._names.get(about)) and file.size != call.number(1):
            file.cut(call.number(1))

    _truncate = _ftruncate

    def _fsync(self, _call: Call, about: str, _paths: list[str]) -> None:
        file = self._names.get(about)
        if file:
            file.sync()
            return
        mine = [
            each for each in self._since if any(str(Path(path).parent) == about for path in each)
        ]
        for change in mine:
            _rename(self._synced, change)
            self._since.remove(change)

    _fdatasync = _fsync

    def _rename(self, _call: Call, about: str, paths: list[str]) -> None:
        self._named({paths[0]: False, about: self._names[paths[0]]})

    def _unlink(self, _call: Call, about: str, _paths: list[str]) -> None:
        self._named({about: False})

    def _mkdir(self, _call: Call, about: str, _paths: list[str]) -> None:
        self._named({about: None})


def _rename(names: dict[str, File | None], change: dict[str, File | bool | None]) -> None:
    for path, file in change.items():
        if isinstance(file, bool):
            names.pop(path, None)
        else:
            names[path] = file
