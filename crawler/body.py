"""From the pieces of a body to typed blocks: captions joined to pictures, byline, opening mark and junk taken off."""

from dataclasses import dataclass
from typing import Final

from archive import addresses
from archive.model import Block
from crawler.conventions.furniture import is_advertisement, is_furniture, is_related
from crawler.conventions.names import LONGEST_BYLINE, Byline, read_byline
from crawler.conventions.openings import without_opening
from crawler.lead import without_lead
from crawler.newspapers import baolamdong as newspaper
from crawler.pictures import picture_block
from crawler.piece import Piece, comparable
from crawler.verse import is_poem, lined_run, stanzas

LONGEST_ANNOUNCEMENT: Final = 200  # characters of a paragraph that announces another article
LONGEST_SUBHEAD: Final = 140
SHORTEST_TITLE: Final = 15  # letters; a poem may begin with its title
SCRAPS: Final = 6  # pieces at the end among which the byline stands

_SENTENCE: Final = (".", "!", "?", "…", "”", '"')
_NO_SUBHEAD: Final = (".", ",", ";", "”", '"', "…")
_TOOL_LINK: Final = ("#", "javascript:", "mailto:")


@dataclass(slots=True)
class Body:
    """What the body of a page holds: its blocks, its lead, and the byline that stood at its end."""

    blocks: list[Block]
    lead: str | None
    byline: Byline


def read_body(pieces: list[Piece], *, base: str, title: str, lead: str | None = None) -> Body:
    """Return the body made of `pieces`; `lead` is what the page set apart, and is not repeated in the blocks."""
    named = comparable(title)
    kept = [piece for piece in pieces if not _is_foreign(piece, named)]
    kept, byline = _without_byline(_byline_apart(kept))
    lead, kept = without_lead(kept, lead)
    return Body(_blocks(kept, base), without_opening(lead) if lead else None, byline)


def _is_foreign(piece: Piece, title: str) -> bool:
    """Related links, tools, advertisements and the title again are not the article's text."""
    if piece.kind == "image":
        return newspaper.linked_article(piece.href or "") is not None
    if piece.kind == "table":
        return piece.linked > 0.5 * len(piece.text)
    if not piece.is_text:
        return False
    if len(piece.text) <= LONGEST_ANNOUNCEMENT and (
        is_furniture(piece.text) or is_related(piece.text) or is_advertisement(piece.text)
    ):
        return True
    if piece.linked and (is_related(piece.text) or _is_other_link(piece)):
        return True
    may_repeat = piece.kind == "h" or len(title) >= SHORTEST_TITLE
    return may_repeat and len(title) <= len(piece.text) <= 2 * len(title) and piece.letters == title


def _is_other_link(piece: Piece) -> bool:
    """A line that is a link to another article, or a tool."""
    if not piece.is_link or not piece.href:
        return piece.is_link and not piece.href
    return piece.href.startswith(_TOOL_LINK) or newspaper.linked_article(piece.href) is not None


def _byline_apart(pieces: list[Piece]) -> list[Piece]:
    """Part the last paragraph where its last line, after a break, is the byline."""
    last = max((index for index, piece in enumerate(pieces) if piece.kind == "p"), default=None)
    if last is None or len(pieces[last].lines) < 2:
        return pieces
    *above, below = pieces[last].split()
    if not _is_sentence(above[-1]) or not read_byline(below.text, marked=below.is_marked):
        return pieces
    return [*pieces[:last], *above, below, *pieces[last + 1 :]]


def _without_byline(pieces: list[Piece]) -> tuple[list[Piece], Byline]:
    """Take the byline off the end; nothing but pictures and scraps may follow it."""
    authors: list[str] = []
    source = None
    texts = [index for index, piece in enumerate(pieces) if piece.kind in {"p", "h"}]
    for index in reversed(texts[-SCRAPS:]):
        byline = _byline(pieces, index)
        if byline:
            authors, source = byline.authors + authors, byline.source or source
            pieces = pieces[:index] + [piece for piece in pieces[index + 1 :] if not piece.is_text]
        elif authors or source or _is_sentence(pieces[index]):
            break
    return pieces, Byline(authors, source)


def _byline(pieces: list[Piece], index: int) -> Byline | None:
    """Names in mixed case count where the page sets them apart, or after a sentence at the very end."""
    piece = pieces[index]
    if len(piece.text) > LONGEST_BYLINE:
        return None
    closes = index == len(pieces) - 1 and index > 0 and len(piece.text.split()) > 1
    after_sentence = closes and pieces[index - 1].text.endswith(_SENTENCE) and len(piece.lines) == 1
    return read_byline(piece.text, marked=piece.is_marked or after_sentence)


def _is_sentence(piece: Piece) -> bool:
    return len(piece.text) > 80 or piece.text.endswith(_SENTENCE)


def _blocks(pieces: list[Piece], base: str) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(pieces):
        lined = lined_run(pieces, index)
        run = lined or [pieces[index]]
        index += len(run)
        if is_poem(lined):
            blocks.append(Block("verse", stanzas=stanzas(lined)))
        else:
            blocks += [block for piece in run if (block := _block(piece, base))]
    _strip_opening(blocks)
    return _pictures_once(blocks)


def _block(piece: Piece, base: str) -> Block | None:
    match piece.kind:
        case "caption":
            return None  # of a video
        case "image":
            return picture_block(piece, base)
        case "table":
            return Block("table", rows=piece.rows)
        case "list":
            return Block("list", items=piece.items)
        case "video" | "embed":
            url = addresses.joined(base, piece.url or "")
            return Block(piece.kind, url=url) if url else None
        case "h":
            return Block("h2", text=piece.line)
        case "quote":
            return Block("quote", text=piece.text)
        case _:
            return Block("h2" if _is_subhead(piece) else "p", text=piece.text)


def _is_subhead(piece: Piece) -> bool:
    is_short = len(piece.text) <= LONGEST_SUBHEAD
    return is_short and piece.is_bold and not piece.text.endswith(_NO_SUBHEAD)


def _strip_opening(blocks: list[Block]) -> None:
    """Take the newsroom's mark off the first paragraph; where the mark is all of it, off the next as well."""
    for block in [block for block in blocks if block.type in {"p", "quote"}][:2]:
        block.text = without_opening(block.text or "")
        if block.text:
            return
        blocks.remove(block)


def _pictures_once(blocks: list[Block]) -> list[Block]:
    """A page that shows a picture large and small shows one picture."""
    seen: set[str | None] = set()
    kept = []
    for block in blocks:
        if block.type != "image" or block.url not in seen:
            kept.append(block)
        seen.add(block.url)
    return kept
