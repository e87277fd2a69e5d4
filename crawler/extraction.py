"""How well pages are read: every new article is counted by layout and layer, a sample is read a second time."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from archive.model import Article
from archive.reading import unpacked
from archive.store import Archive
from archive.store.extraction import NOTHING, Measured, NewPage, new_pages, note, unread
from archive.warc import Damage, decoded, read
from crawler.layouts import generic
from crawler.page import Page
from crawler.piece import comparable
from crawler.unread import apart

FIELDS: Final = ("title", "lead", "body", "authors", "section", "tags", "published_at", "images")
YARDSTICK: Final = "generic"  # as a field: its layers are AGREES and DIFFERS
AGREES, DIFFERS = "agrees", "differs"

_SAMPLE: Final = 20  # pages of a run the generic layout reads alongside; under a second
_ALIKE: Final = 0.7  # of the text, in paragraphs both have


def measure(archive: Archive, run_id: int) -> list[Measured]:
    """Count how the run's new articles were read, enter that, and return it. Nothing here commits."""
    began = archive.db.execute("SELECT started_at FROM runs WHERE id = ?", [run_id]).fetchone()[0]
    found: dict[tuple[str, str], Measured] = {}

    def group(section: str, layout: str) -> Measured:
        return found.setdefault((section, layout), Measured(run_id, began, section, layout))

    sample = []
    for page in new_pages(archive.db, run_id):
        fields = json.loads(page.reading)
        into = group(page.section, fields["layout"])
        _count(into, fields)
        if fields["layout"] != generic.NAME:
            sample.append((page, into))
    for page, into in sample[:: max(1, -(-len(sample) // _SAMPLE))]:
        for verdict in _beside_the_yardstick(archive, page):
            into.layers[YARDSTICK][verdict] += 1
    if nothing := apart(unread(archive.db, run_id)):
        group("", NOTHING).pages = len(nothing)
    note(archive.db, found.values())
    return list(found.values())


def _count(into: Measured, fields: dict[str, Any]) -> None:
    into.pages += 1
    pictures = any(block["type"] == "image" for block in fields["blocks"])
    layers = fields["layers"] | ({"images": "body"} if pictures else {})
    for name in FIELDS:
        into.layers[name][layers.get(name, NOTHING)] += 1


def _beside_the_yardstick(archive: Archive, page: NewPage) -> Iterator[str]:
    """Yield whether the generic layout reads the same, unless the page cannot be read again."""
    try:
        body = decoded(read(archive.folder, page.place))
        other = generic.read(Page(page.url, body, page.content_type), page.fetched_at)
    except (Damage, OSError, ValueError):  # `lamdong verify` names what is damaged
        return
    yield AGREES if other and alike(unpacked(page.reading, page.url), other) else DIFFERS


def alike(one: Article, other: Article) -> bool:
    """Return whether two readings have the same title and for the most part the same text."""
    if comparable(one.title) != comparable(other.title):
        return False
    texts = _paragraphs(one), _paragraphs(other)
    common = sum(map(len, texts[0] & texts[1]))
    total = sum(sum(map(len, each)) for each in texts)
    return not total or 2 * common / total >= _ALIKE


def _paragraphs(article: Article) -> set[str]:
    """The paragraphs by their letters; which of them is the lead does not count."""
    texts: Iterable[str] = (article.lead or "", *article.body.splitlines())
    return {letters for text in texts if (letters := comparable(text))}
