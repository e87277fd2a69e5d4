"""An archive, or a part of it, as one WACZ file for ReplayWeb.page and pywb.

Version 1.1.1 of the format: https://specs.webrecorder.net/wacz/1.1.1/. It is a ZIP file of WARC files, their index, a
list of pages and a Frictionless data package that states the digest of each. WARC records are copied member by member,
byte for byte, and stored, not compressed again; it is written from front to end, so it can go into a pipe.
"""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from archive import __version__, cdxj
from archive.dates import now
from archive.export import Selection, ids
from archive.model import Place
from archive.packing_records import Choice, LeftOut, captures_of, hidden_in
from archive.warc import Record
from archive.warc_files import warc_files

VERSION: Final = "1.1.1"
_INDEX: Final = "indexes/index.cdx.gz"
_BLOCKS: Final = "indexes/index.idx"
_PAGES: Final = "pages/pages.jsonl"
# No more than the lines of the page list and of the index need; it lies in a file SQLite removes.
_DESK: Final = """
CREATE TABLE chosen (warc TEXT, offset INTEGER, PRIMARY KEY (warc, offset)) WITHOUT ROWID;
CREATE TABLE packed (warc TEXT, offset INTEGER, PRIMARY KEY (warc, offset)) WITHOUT ROWID;
CREATE TABLE lines (line TEXT);
"""
_VERSIONS: Final = """
SELECT v.version, json_extract(v.reading, '$.title') AS title, c.url, c.fetched_at, c.warc, c.offset
FROM versions v JOIN captures c ON c.id = v.capture_id WHERE v.article_id = ? ORDER BY v.version
"""


@dataclass(slots=True, frozen=True)
class Packed:
    """What a package holds, and what was left out of it."""

    pages: int  # captures from which a version of an article was read
    captures: int
    left_out: LeftOut


def pack(archive: Path, db: sqlite3.Connection, selection: Selection, out: BinaryIO) -> Packed:
    """Write a package of the selected articles, or of the whole archive where nothing narrows the selection.

    Memory does not grow with the archive. Raises OSError (disk full).
    """
    with zipfile.ZipFile(out, "w") as package, closing(sqlite3.connect("")) as desk:
        desk.executescript(_DESK)
        return _Packing(archive, db, selection, package, desk).done()


class _Packing:
    def __init__(
        self,
        archive: Path,
        db: sqlite3.Connection,
        selection: Selection,
        package: zipfile.ZipFile,
        desk: sqlite3.Connection,
    ) -> None:
        self._archive, self._db, self._selection = archive, db, selection
        self._package, self._desk = package, desk
        self._is_all = not selection.narrows
        self._choice = Choice(hidden_in(db), is_all=self._is_all)
        self._resources: list[dict[str, Any]] = []

    def done(self) -> Packed:
        for path in self._files():
            self._pack_warc(path)
        self._pack_index()
        pages = self._pack_pages()
        self._describe()
        captures = self._desk.execute("SELECT count(*) FROM packed").fetchone()[0]
        return Packed(pages, captures, self._choice.left_out)

    def _files(self) -> Iterator[Path]:
        if self._is_all:
            yield from warc_files(self._archive)
            return
        for article_id in ids(self._db, self._selection):
            places = captures_of(self._db, article_id)
            self._desk.executemany("INSERT OR IGNORE INTO chosen VALUES (?, ?)", places)
        for (name,) in self._desk.execute(
            "SELECT DISTINCT warc FROM chosen ORDER BY warc"
        ).fetchall():
            path = self._archive / "warc" / Path(name).name
            if path.exists():
                yield path
            else:
                self._choice.left_out.damaged += 1

    def _pack_warc(self, path: Path) -> None:
        place = f"{path.parent.name}/{path.name}"
        query = "SELECT offset FROM chosen WHERE warc = ? ORDER BY offset"
        offsets = (row[0] for row in self._desk.execute(query, [place]))
        chosen = self._choice.records(path, offsets)
        first = next(chosen, None)
        if first is None:
            return
        with (
            path.open("rb") as file,
            self._part(f"archive/{path.name}", file_size=path.stat().st_size) as part,
        ):
            for record in _and(first, chosen):
                self._note(record, path.name, part.size)
                file.seek(record.place.offset)
                part.write(file.read(record.place.length))

    def _note(self, record: Record, name: str, offset: int) -> None:
        if record.type in cdxj.REPLAYED:
            place: Place = record.place
            line = cdxj.line(record, name, offset)
            self._desk.execute("INSERT INTO lines VALUES (?)", [line])
            self._desk.execute("INSERT INTO packed VALUES (?, ?)", [place.warc, place.offset])

    def _pack_index(self) -> None:
        lines = (row[0] for row in self._desk.execute("SELECT line FROM lines ORDER BY line"))
        with self._part(_INDEX) as part:
            blocks = [*cdxj.packed(lines, part.write, Path(_INDEX).name)]
        with self._part(_BLOCKS) as part:
            part.write("".join(blocks).encode())

    def _pack_pages(self) -> int:
        pages = 0
        with self._part(_PAGES, compression=zipfile.ZIP_DEFLATED) as part:
            part.write(_line({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}))
            for page in self._pages():
                part.write(_line(page))
                pages += 1
        return pages

    def _pages(self) -> Iterator[dict[str, str]]:
        held = "SELECT 1 FROM packed WHERE warc = ? AND offset = ?"
        for article_id in ids(self._db, self._selection):
            for row in self._db.execute(_VERSIONS, [article_id]):
                if self._desk.execute(held, [row["warc"], row["offset"]]).fetchone():
                    at = datetime.fromisoformat(row["fetched_at"])
                    yield {
                        "id": f"{article_id}-{row['version']}",
                        "url": row["url"],
                        "title": row["title"],
                        "ts": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                    }

    def _describe(self) -> None:
        described = {
            "profile": "data-package",
            "title": "Báo Lâm Đồng (baolamdong.vn)",
            "created": f"{now():%Y-%m-%dT%H:%M:%SZ}",
            "wacz_version": VERSION,
            "software": f"lamdong-news-archive/{__version__}",
            "resources": self._resources,
        }
        content = json.dumps(described, ensure_ascii=False, indent=2).encode()
        stated = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        }
        for name, text in (
            ("datapackage.json", content),
            ("datapackage-digest.json", _line(stated)),
        ):
            with self._part(name) as part:
                part.write(text)

    @contextmanager
    def _part(
        self, name: str, compression: int = zipfile.ZIP_STORED, file_size: int = 0
    ) -> Iterator["_Part"]:
        """Give a part of the package to write to, and enter it among the resources. A size above 2 GB must be known."""
        info = zipfile.ZipInfo(name, now().timetuple()[:6])
        info.compress_type, info.file_size = compression, file_size
        info.external_attr = 0o644 << 16
        with self._package.open(info, "w") as file:
            part = _Part(file.write)
            yield part
        self._resources.append(
            {
                "name": Path(name).name,
                "path": name,
                "hash": f"sha256:{part.digest.hexdigest()}",
                "bytes": part.size,
            }
        )


class _Part:
    """Writes, and knows how much it was and its digest."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self._write, self.size, self.digest = write, 0, hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.size += len(content)
        self.digest.update(content)
        return self._write(content)


def _and(first: Record, rest: Iterable[Record]) -> Iterator[Record]:
    yield first
    yield from rest


def _line(value: dict[str, str]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False)}\n".encode()
