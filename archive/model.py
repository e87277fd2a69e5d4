"""The vocabulary of the archive, typed, in one screen: blocks, articles, captures, observations."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

Precision = Literal["minute", "day", "month", "unknown"]
TEXT_BLOCKS = frozenset({"p", "h2", "quote", "list", "verse"})


@dataclass(slots=True)
class Block:
    """One piece of a body: `type` is p, h2, quote, list, verse, table, image, video or embed.

    Which of the other fields are set depends on the type; `as_dict` gives only those.
    """

    type: str
    text: str | None = None
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    stanzas: list[list[str]] = field(default_factory=list)
    url: str | None = None
    caption: str | None = None
    credit: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the block as exported: its type and the fields that belong to it."""
        match self.type:
            case "list":
                return {"type": "list", "items": self.items}
            case "table":
                return {"type": "table", "rows": self.rows}
            case "verse":
                return {"type": "verse", "stanzas": self.stanzas}
            case "image":
                return {
                    "type": "image",
                    "url": self.url,
                    "caption": self.caption,
                    "credit": self.credit,
                }
            case "video" | "embed":
                return {"type": self.type, "url": self.url}
            case _:
                return {"type": self.type, "text": self.text}

    def as_text(self) -> str:
        """Return what the block gives to the body: nothing for tables, pictures and embeds."""
        match self.type:
            case "list":
                return "\n".join(self.items)
            case "verse":
                return "\n\n".join("\n".join(stanza) for stanza in self.stanzas)
            case _:
                return (self.text or "") if self.type in TEXT_BLOCKS else ""


def body_of(blocks: list[Block]) -> str:
    r"""Return the body text: the text blocks, joined by a blank line.

    >>> body_of([Block("p", "Một."), Block("image", url="https://a/b.jpg"), Block("list", items=["a", "b"])])
    'Một.\n\na\nb'
    """
    return "\n\n".join(text for block in blocks if (text := block.as_text()))


@dataclass(slots=True)
class Article:
    """One story as a layout read it from one page. All text is NFC; missing is None or []."""

    url: str
    title: str
    layout: str
    blocks: list[Block]
    kicker: str | None = None
    lead: str | None = None
    authors: list[str] = field(default_factory=list)
    source: str | None = None
    source_url: str | None = None
    section: str | None = None
    section_slug: str | None = None
    tags: list[str] = field(default_factory=list)
    published_at: str | None = None  # as exported: its length follows the precision
    published_precision: Precision = "unknown"
    published_raw: str | None = None  # the date line as printed
    modified_at: str | None = None
    kind: str = "news"
    language: str = "vi"
    canonical_url: str | None = None  # where the page says it lives, if that is an article address
    layers: dict[str, str] = field(default_factory=dict)  # field -> the layer that gave it
    rules: dict[str, str] = field(default_factory=dict)  # field -> what in that layer gave it

    def note(self, name: str, layer: str, rule: str) -> None:
        """Remember where the field `name` was read: `note("title", "structured", "JSON-LD headline")`."""
        self.layers[name], self.rules[name] = layer, rule

    @property
    def body(self) -> str:
        return body_of(self.blocks)

    @property
    def images(self) -> list[Block]:
        return [block for block in self.blocks if block.type == "image"]


@dataclass(slots=True, frozen=True)
class Link:
    """One address found on a listing, with what the listing says of it."""

    url: str  # canonical
    title: str | None = None
    dated: date | None = None  # Vietnamese day of publication, where the listing tells it


@dataclass(slots=True, frozen=True)
class Place:
    """Where a record lies: file name below the archive, offset and length of its gzip member in bytes."""

    warc: str
    offset: int
    length: int


@dataclass(slots=True, frozen=True)
class Capture:
    """One response as received: what was asked, when, what came, where its record lies."""

    url: str  # as asked
    fetched_at: datetime  # UTC
    status: int
    place: Place
    digest: str  # payload digest of the record: sha1:BASE32
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    truncated: str | None = None  # one clause: why it is visibly not whole


class Outcome(StrEnum):
    """What a request to a known address showed."""

    LIVE = "live"
    UNCHANGED = "unchanged"  # 304
    GONE = "gone"  # 404, 410
    SOFT_404 = "soft-404"  # 200 saying that there is nothing
    FRONT_PAGE = "front-page"  # redirect to the front page
    MOVED = "moved"  # redirect to another article address
    ELSEWHERE = "elsewhere"  # redirect to something that is no article
    NO_ARTICLE = "no-article"  # 200 in which no article was found
    REFUSED = "refused"  # 401, 403, 429
    FAILED = "failed"  # 5xx, cut off, too large
    UNREACHABLE = "unreachable"  # no answer at all
    FORBIDDEN = "forbidden"  # by robots.txt


Kind = Literal["article", "listing", "picture"]


@dataclass(slots=True, frozen=True)
class Found:
    """One address found, before anything is fetched: `key` identifies it, `asked` is the spelling found."""

    key: str
    url: str
    asked: str
    kind: Kind
    found_in: str | None = None
    title: str | None = None
    dated: date | None = None
    seen: str | None = None  # the spelling as it stood there, where that is neither
    wanted: bool = True  # False: outside what this run was asked for; known, not fetched
    section: str | None = None  # of the feed or section page, in today's spelling


@dataclass(slots=True)
class Look:
    """What one request to an address of the frontier showed, with all that was read from the answer."""

    url_id: int
    at: datetime  # UTC
    outcome: Outcome
    status: int | None = None
    capture: Capture | None = None
    article: Article | None = None
    detail: str | None = None  # one clause: why it failed, what it says
    moved_to: Found | None = None
    pictures: list[Found] = field(default_factory=list)
    wait: float | None = None  # seconds the server asks to wait
    is_final: bool = False  # asking again would show the same

    @property
    def is_cut(self) -> bool:
        """Whether an answer came that is visibly not whole: evidence, from which nothing is read."""
        return self.outcome is Outcome.FAILED and bool(self.capture and self.capture.truncated)
