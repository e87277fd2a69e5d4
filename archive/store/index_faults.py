"""Whether the search index holds the articles' words: it is compared with one made beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Final

from archive.search.names import words_of
from archive.store.index import Text, all_texts, indexed_words
from archive.vietnamese import spellings

_AT_ONCE: Final = 500  # articles
_PROBED: Final = 6  # words at either end of a text that the index must find there
_REBUILD: Final = "run `lamdong rebuild --index`"
_BESIDE: Final = """
CREATE VIRTUAL TABLE search USING fts5 (words, content='', tokenize="unicode61 remove_diacritics 0")
"""


def index_faults(db: sqlite3.Connection) -> Iterator[str]:
    """Yield where the search index, made by today's rules, and the articles disagree, one sentence each."""
    yield from _strangers(db)
    texts = all_texts(db)
    while some := list(islice(texts, _AT_ONCE)):
        yield from _differing(db, some)


def _differing(db: sqlite3.Connection, texts: list[Text]) -> Iterator[str]:
    stored = _stored(db, [text.id for text in texts])
    sizes, expected = _sizes(db, [text.id for text in texts]), _expected_sizes(texts)
    for text in texts:
        is_same = stored.get(text.id) == text and sizes.get(text.id) == expected[text.id]
        if not is_same or not _is_found(db, text):
            yield f"search index: article {text.id} is not indexed with its own words; {_REBUILD}"


def _strangers(db: sqlite3.Connection) -> Iterator[str]:
    for table, key in (("texts", "id"), ("search_docsize", "id"), ("suggestions_docsize", "id")):
        query = f"SELECT {key} FROM {table} EXCEPT SELECT id FROM articles"
        for row in db.execute(query):
            yield f"search index: {table} holds {row[0]}, which is no article; {_REBUILD}"


def _stored(db: sqlite3.Connection, ids: list[int]) -> dict[int, Text]:
    rows = db.execute(
        "SELECT id, title, body, marks FROM texts WHERE id BETWEEN ? AND ?", [ids[0], ids[-1]]
    )
    return {row["id"]: Text(*row) for row in rows}


def _sizes(db: sqlite3.Connection, ids: list[int]) -> dict[int, bytes]:
    """How many words FTS5 noted for these articles, as it writes it."""
    query = "SELECT id, sz FROM search_docsize WHERE id BETWEEN ? AND ?"
    return {row[0]: row[1] for row in db.execute(query, [ids[0], ids[-1]])}


def _expected_sizes(texts: list[Text]) -> dict[int, bytes]:
    with closing(sqlite3.connect(":memory:")) as beside:
        beside.execute(_BESIDE)
        for text in texts:
            _, words = indexed_words(text)
            beside.execute("INSERT INTO search (rowid, words) VALUES (?, ?)", [text.id, words])
        return _sizes(beside, [text.id for text in texts])


def _is_found(db: sqlite3.Connection, text: Text) -> bool:
    """Whether the words at the ends of title and text are found where they stand."""
    phrases = [
        end for spelt in (*spellings(text.title), *spellings(text.body)) for end in _ends(spelt)
    ]
    match = " AND ".join(f'"{phrase}"' for phrase in [*phrases, *text.marks.split()])
    row = db.execute("SELECT 1 FROM search WHERE search MATCH ? AND rowid = ?", [match, text.id])
    return row.fetchone() is not None


def _ends(spelt: str) -> list[str]:
    words = words_of(spelt)
    return [" ".join(words[:_PROBED]), " ".join(words[-_PROBED:])] if words else []
