"""Poems: short lines that are lines, not paragraphs."""

from itertools import islice, takewhile
from typing import Final

from crawler.conventions.names import is_name
from crawler.piece import Piece

SHORTEST: Final = 4  # lines, where single breaks part them; paragraphs of a line each need more
SHORTEST_LOOSE: Final = 6
LONGEST_LINE: Final = 60  # characters; verse in Vietnamese papers runs to eight or ten syllables
_DASHES: Final = ("-", "–", "+", "•", "*")


def lined_run(pieces: list[Piece], start: int) -> list[Piece]:
    """Return the pieces from `start` on whose lines are as short as those of a poem."""
    return list(takewhile(_is_lined, islice(pieces, start, None)))


def is_poem(run: list[Piece]) -> bool:
    """Return whether pieces of short lines are a poem.

    Hardly a line ends as a sentence does, none is an item of a list or tells a number, few are names.
    """
    lines = [line.text for piece in run for line in piece.lines]
    is_broken = any(len(piece.lines) > 1 for piece in run)
    if len(lines) < (SHORTEST if is_broken else SHORTEST_LOOSE):
        return False
    if any(line.startswith(_DASHES) or any(map(str.isdigit, line)) for line in lines):
        return False
    closed = sum(line.endswith((".", ":", ";")) for line in lines)
    return closed <= 0.4 * len(lines) and sum(map(is_name, lines)) <= 0.5 * len(lines)


def stanzas(run: list[Piece]) -> list[list[str]]:
    """Return the lines of a poem by stanza: a piece of several lines is one, and an empty line begins another."""
    read: list[list[str]] = []
    for piece in run:
        if not read or piece.gap or len(piece.lines) > 1:
            read.append([])
        read[-1].extend(line.text for line in piece.lines)
    return read


def _is_lined(piece: Piece) -> bool:
    if piece.kind != "p" or piece.linked:
        return False
    return all(len(line.text) <= LONGEST_LINE for line in piece.lines)
