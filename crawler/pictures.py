"""The pictures of an article with their captions and credits."""

import re
from itertools import islice
from typing import Any, Final

from archive.model import Block
from crawler.conventions.captions import is_credit, read_caption
from crawler.conventions.names import read_byline
from crawler.newspapers import baolamdong as newspaper
from crawler.piece import Piece, comparable, holds

LONGEST_CAPTION: Final = 400  # characters
LONGEST_APART: Final = 300  # of a line that only its setting makes a caption
LONGEST_CREDITED: Final = 200
LONGEST_RUNNING: Final = (
    120  # of a line beside a picture that may be its caption whatever its setting
)
LARGEST_BOX: Final = 60  # elements that stand in one box with a picture and its caption
LARGEST_TABLE: Final = 300  # and in one table with a row of pictures
MOST_LINES: Final = 12  # of the captions of one row of pictures
SHORTEST_ALTERNATIVE: Final = 10  # letters

_NAME: Final = re.compile(
    r"capt|chu-?_?thich|img-?_?(?:cap|desc|note)|photo-?_?(?:desc|note)|legend", re.IGNORECASE
)


def with_captions(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces without those that are captions; each picture has its own in `caption`."""
    read: list[Piece] = []
    index = 0
    while index < len(pieces):
        if pieces[index].kind != "image":
            read.append(pieces[index])
            index += 1
            continue
        places = range(index, len(pieces))
        below = next((n for n in places if pieces[n].kind != "image"), len(pieces))
        images = pieces[index:below]
        captions = _caption_pieces(images, pieces[below : below + MOST_LINES])
        once = {piece.letters: piece.line for piece in captions}  # older pages print them twice
        _assign(images, list(once.values()))
        read += images
        index = below + len(captions)
    return read


def picture_block(image: Piece, base: str) -> Block | None:
    """Return the block of a picture on the page at `base`, or None where it has no address."""
    url = newspaper.picture(image.url or "", base)
    caption, credit = read_caption(image.caption)
    return Block("image", url=url, caption=caption, credit=credit) if url else None


def _assign(images: list[Piece], captions: list[str]) -> None:
    """As many captions as pictures go one to each; else all of them to the last picture of the row."""
    if len(images) != len(captions):
        captions = [""] * (len(images) - 1) + [" ".join(captions)]
    for image, caption in zip(images, captions, strict=False):
        image.caption = caption


def _caption_pieces(images: list[Piece], following: list[Piece]) -> list[Piece]:
    captions: list[Piece] = []
    for number, piece in enumerate(following):
        if not _is_caption(piece, following[number + 1 :], images, captions):
            break
        captions.append(piece)
    return captions


def _is_caption(
    piece: Piece, following: list[Piece], images: list[Piece], captions: list[Piece]
) -> bool:
    if piece.kind not in {"p", "h", "caption"} or piece.is_link:
        return False
    if not 0 < len(piece.letters) <= LONGEST_CAPTION:
        return False
    if piece.kind == "caption" or any(piece.letters == caption.letters for caption in captions):
        return True
    if piece.align == "right" or (piece.is_bold and read_byline(piece.text)):
        return False  # whoever wrote the article
    if is_credit(piece.line):
        return True
    if _says_alternative(piece, images, captions) or _share_table(piece, images):
        return True
    if captions:
        return False
    shares = _share_box(piece, images[-1]) and not _runs_on(piece, following)
    return shares or _is_set_as_caption(piece, following[:1])


def _runs_on(piece: Piece, following: list[Piece]) -> bool:
    """Text that a picture only stands in the paragraph of: long, and set like paragraphs after it."""
    if len(piece.text) <= LONGEST_RUNNING or piece.is_italic or piece.align == "center":
        return False
    return _is_set_like(piece, following)


def _is_set_as_caption(piece: Piece, after: list[Piece]) -> bool:
    """Whether the line's setting makes it a caption: italic, centred, so named, with a credit; not so what follows."""
    if len(piece.text) > LONGEST_APART or piece.kind == "h" or read_byline(piece.text):
        return False
    if len(piece.text) <= LONGEST_CREDITED and read_caption(piece.line)[1]:
        return True
    is_apart = piece.is_italic or piece.align == "center" or _is_named(piece.element)
    return is_apart and not _is_set_like(piece, after)


def _is_set_like(piece: Piece, others: list[Piece]) -> bool:
    return any(other.is_text and _setting(other) == _setting(piece) for other in others)


def _setting(piece: Piece) -> tuple[str, str | None, bool, str | None]:
    return piece.element.tag, piece.element.get("class"), piece.is_italic, piece.align


def _is_named(element: Any) -> bool:
    return any(
        _NAME.search(each.get("class") or "")
        for each in (element, element.getparent())
        if each is not None
    )


def _says_alternative(piece: Piece, images: list[Piece], captions: list[Piece]) -> bool:
    """The line is the alternative text again, perhaps broken over lines, perhaps with a credit after it."""
    before = "".join(caption.letters for caption in captions)
    said = before + piece.letters
    caption, _ = read_caption(piece.line)
    bare = before + comparable(caption or "")
    for alternative in (image.letters for image in images):
        is_said = bool(said) and (alternative.startswith(said) or bare == alternative)
        if is_said and len(alternative) >= SHORTEST_ALTERNATIVE:
            return True
    return False


def _is_large(box: Any, most: int) -> bool:
    """Whether more elements stand in a box than beside a picture that has it for itself."""
    return next(islice(box.iter(), most, None), None) is not None


def _share_table(piece: Piece, images: list[Piece]) -> bool:
    """Picture and line stand in one table that holds a caption's worth of text and no other picture."""
    box = next(images[-1].element.iterancestors("table"), None)
    if box is None or _is_large(box, LARGEST_TABLE):
        return False
    if len(list(box.iter("img"))) > len(images):
        return False
    text = "".join(box.itertext()).strip()
    return len(text) <= LONGEST_CAPTION and holds(box, piece.element)


def _share_box(piece: Piece, image: Piece) -> bool:
    """Picture and line stand in one small box that holds nothing else."""
    words = len(piece.text.split())
    for box in image.element.iterancestors():
        if _is_large(box, LARGEST_BOX):
            return False
        held = len("".join(box.itertext()).split())
        if box.tag in {"body", "article", "main"} or held > words + 2:
            return False
        if holds(box, piece.element):
            return len(piece.text) <= LONGEST_APART
    return False
