"""Indexes of captures: lists of addresses as the Internet Archive and Common Crawl export them, or plain ones.

Read are CDX lines (`urlkey timestamp original mimetype statuscode digest length`, with or without a header),
the same rows as JSON, Common Crawl's lines (`urlkey timestamp {"url": …, "status": …}`), and one address a line;
each also packed with gzip. Formats: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
and https://commoncrawl.org/cdxj-index.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from archive.model import Found
from crawler.links import found

_GZIP: Final = b"\x1f\x8b"
_JSON_ROWS: Final = ("[[", "[\n[", "[\r\n[")


def read_index(path: Path) -> list[Found]:
    """Return the article addresses in an index of captures, each spelling once.

    Raises ValueError, with one sentence, where the file cannot be read or holds no article address.
    """
    addresses = list(addresses_in(_text(path)))
    if not addresses:
        raise ValueError(f"{path} holds no address of an article of this newspaper.")
    return addresses


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from error
    if b"\0" in content[:4096]:
        raise ValueError(f"{path} is no text: a CDX file or a list of addresses is needed.")
    return content.decode("utf-8", "replace")


def addresses_in(text: str) -> Iterator[Found]:
    """Yield the article addresses in an index of captures, but for captures of errors."""
    known: set[tuple[str, str | None]] = set()
    for url, status in _rows(text):
        one = found(url, None) if not status.startswith(("4", "5")) else None
        if one and (one.key, one.seen) not in known:
            known.add((one.key, one.seen))
            yield one


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Address and status of each row; the status is "" where there is none."""
    if text.lstrip("\ufeff \r\n").startswith(_JSON_ROWS):
        try:
            yield from filter(None, map(_of_fields, json.loads(text.lstrip("\ufeff"))))
        except ValueError:  # cut short: then line by line
            pass
        else:
            return
    yield from filter(None, map(_of_line, text.lstrip("\ufeff").splitlines()))


def _of_line(line: str) -> tuple[str, str] | None:
    stated = line.strip().rstrip(",")
    if stated.startswith("["):
        stated = stated.lstrip("[").rstrip("]")
        return _of_fields(_json(f"[{stated}]") or [])
    if "{" in stated and isinstance(facts := _json(stated[stated.index("{") :]), dict):
        return str(facts.get("url", "")), str(facts.get("status", ""))
    return _of_fields(stated.split())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _of_fields(fields: Iterable[Any]) -> tuple[str, str] | None:
    """The address is the field that looks like one; in the usual order the status is the second after it."""
    said = [str(each) for each in fields]
    place = next((number for number, each in enumerate(said) if "://" in each), None)
    if place is None:
        return None
    status = said[place + 2] if len(said) > place + 2 else ""
    return said[place].strip("\"'<>,"), status if status.isdigit() and len(status) == 3 else ""
