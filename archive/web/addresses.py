"""Any address of the newspaper, however it is spelt -> what the archive knows of it.

The grammar of addresses belongs to the crawler. Here it is enough that the crawler has filed each
of them under a key made of its end (see the table `urls`), and that a host is told from another.
"""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from archive.addresses import host, split

_NUMBER: Final = re.compile(r"(?:^|-)([0-9a-f]{7})$")
_PREFIXES: Final = ("www.", "admin.")
_KNOWN: Final = """
SELECT u.url, u.kind, u.state, u.found_at, u.fetched_at, u.reason, u.moved_to,
  coalesce(u.article_id, (SELECT cast(subject AS INTEGER) FROM withheld_parts p
    WHERE p.kind = 'address' AND p.id = u.id)) AS article_id,
  EXISTS (SELECT 1 FROM withheld_parts p WHERE p.id = u.id AND p.kind <> 'capture') AS is_withheld,
  (SELECT min(at) FROM observations o
    WHERE o.url_id = u.id AND o.outcome IN ('gone', 'soft-404', 'front-page')) AS gone_at
FROM urls u WHERE
"""


@dataclass(slots=True, frozen=True)
class Known:
    """What is known of an address: `state` as in the table `urls`, times in UTC."""

    url: str
    kind: str
    state: str
    found_at: str
    fetched_at: str | None
    reason: str | None
    article_id: int | None
    moved_to: int | None
    gone_at: str | None
    is_withheld: int

    @property
    def when(self) -> str:
        """When it was first gone, else last asked for, else found: what its state speaks of."""
        if self.state in {"pending", "known"}:
            return self.found_at
        return (self.gone_at if self.state == "gone" else None) or self.fetched_at or self.found_at


@dataclass(slots=True, frozen=True)
class Asked:
    """An address someone wrote: host without its prefixes, path decoded, the query left off."""

    host: str
    path: str

    @property
    def keys(self) -> list[str]:
        """The keys it may be filed under.

        >>> asked("baolamdong.vn/xahoi/202112/mot-bai-3094501").keys
        ['a/3094501', 'b/3094501', 'c/mot-bai-3094501']
        """
        last = self.path.rstrip("/").rpartition("/")[2].removesuffix(".html")
        number = _NUMBER.search(last)
        numbered = [f"a/{number[1]}", f"b/{number[1]}"] if number else []
        return [*numbered, f"c/{last}"]

    @property
    def spellings(self) -> list[str]:
        """The address itself in its usual spellings."""
        path = quote(self.path, safe="/-._~!$&'()*+,;=:@")
        ends = (path.rstrip("/"), path.rstrip("/") + "/")
        hosts = (self.host, *(prefix + self.host for prefix in _PREFIXES))
        return [
            f"{scheme}://{host}{end}"
            for scheme in ("https", "http")
            for host in hosts
            for end in ends
        ]


def asked(text: str) -> Asked | None:
    """Return the address a text stands for, with or without scheme, or None where it is none.

    >>> asked("http:/www.baolamdong.vn/mot-bai-386954.html?utm_source=x")
    Asked(host='baolamdong.vn', path='/mot-bai-386954.html')
    """
    # Proxies make one slash of two.
    bare = re.sub(r"^(?:https?:)?/*", "", text.strip(), flags=re.IGNORECASE)
    parts = split(f"https://{bare}")
    if parts is None:
        return None
    name = parts.hostname or ""
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    path = unicodedata.normalize("NFC", unquote(parts.path))
    return Asked(name, path) if "." in name and path.strip("/") else None


def known(db: sqlite3.Connection, address: Asked) -> Known | None:
    """Return what is known of an address, or of the one it moved to; None if never seen."""
    named = _rows(db, "u.key IN ({0})", address.keys)
    spelt = (
        "u.key IN ({0}) OR u.id IN (SELECT url_id FROM aliases WHERE url IN ({0}))",
        address.spellings,
    )
    ours = [row for row in named if host(row.url) == address.host]
    found = next(iter(ours or _rows(db, *spelt)), None)
    steps = 0
    while found and not found.article_id and found.moved_to and steps < 10:
        found, steps = _at(db, found.moved_to), steps + 1
    return found


def _rows(db: sqlite3.Connection, where: str, values: list[str]) -> list[Known]:
    named = {f"v{index}": value for index, value in enumerate(values)}
    condition = where.format(", ".join(f":{name}" for name in named))
    return [Known(**row) for row in db.execute(_KNOWN + condition, named)]


def _at(db: sqlite3.Connection, url_id: int) -> Known | None:
    row = db.execute(f"{_KNOWN} u.id = ?", [url_id]).fetchone()
    return Known(**row) if row else None
