"""The plain notation in which the bodies of the sample stories are written.

Chunks are separated by a blank line. What a chunk begins with tells what it is:

    ## a subhead                     > a quotation                   - an item of a list
    | a cell | of a table |          / a line of verse               [box] a highlighted paragraph
    !image name.jpg | caption | credit        !video address         !embed address
    >> title of a related article | its path

Anything else is a paragraph. Text may hold the tags a, b and i. Related links are printed, but are
no part of the article.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from archive.model import Block

PRINTED_ONLY = frozenset({"related"})
TAG = re.compile(r"</?(?:a|b|i)\b[^>]*>")


def parse(notation: str) -> list[Block]:
    r"""Return the pieces of a body as it is printed: blocks, and pieces of type box and related.

    >>> [piece.type for piece in parse("Một đoạn.\n\n## Hai\n\n- ba\n- bốn")]
    ['p', 'h2', 'list']
    """
    chunks = re.split(r"\n\s*\n", notation.strip())
    return [_piece([line.strip() for line in chunk.splitlines()]) for chunk in chunks if chunk]


def bare(text: str) -> str:
    """Return text without the inline tags.

    >>> bare('Xem <a href="/x">ở đây</a>.')
    'Xem ở đây.'
    """
    return unescape(TAG.sub("", text))


def truth(pieces: list[Block]) -> list[Block]:
    """Return what a reader must find: no inline tags, no related links, a box as text."""
    return [_true(piece) for piece in pieces if piece.type not in PRINTED_ONLY]


def _true(piece: Block) -> Block:
    return Block(
        "p" if piece.type == "box" else piece.type,
        text=None if piece.text is None else bare(piece.text),
        items=[bare(item) for item in piece.items],
        rows=[[bare(cell) for cell in row] for row in piece.rows],
        stanzas=piece.stanzas,
        url=piece.url,
        caption=piece.caption,
        credit=piece.credit,
    )


def _piece(lines: list[str]) -> Block:
    first = lines[0]
    if first.startswith("!"):
        return _figure(*first[1:].split(" ", 1))
    if first.startswith(">> "):
        title, path = _cells(first[3:])
        return Block("related", text=title, url=path)
    if first.startswith("- "):
        return Block("list", items=[line.removeprefix("- ") for line in lines])
    if first.startswith("|"):
        return Block("table", rows=[_cells(line.strip("|")) for line in lines])
    if first.startswith("/"):
        return Block("verse", stanzas=list(_stanzas(lines)))
    return _text(" ".join(lines))


def _text(text: str) -> Block:
    for mark, kind in {"## ": "h2", "> ": "quote", "[box] ": "box"}.items():
        if text.startswith(mark):
            return Block(kind, text=text.removeprefix(mark))
    return Block("p", text=text)


def _figure(kind: str, rest: str) -> Block:
    fields: list[Any] = [cell or None for cell in _cells(rest)]
    url, caption, credit = (*fields, None, None)[:3]
    return Block(kind, url=url, caption=caption, credit=credit)


def _stanzas(lines: list[str]) -> Iterator[list[str]]:
    verse = "\n".join(line.removeprefix("/").strip() for line in lines)
    for stanza in verse.split("\n\n"):
        yield stanza.split("\n")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
