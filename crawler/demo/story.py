"""One story of the sample newspaper: the truth, and the habits of the page that prints it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from archive.model import Block, body_of
from crawler.demo.notation import parse, truth

Generation = Literal[
    "onecms", "onecms-old", "numbered-old", "numbered-new", "hexadecimal", "republished"
]
Sapo = Literal["same", "quotes", "truncated"]

HOST = "baolamdong.vn"
IMAGE_HOST = "lamdong.1cdn.vn"
FOREIGN_IMAGE_HOST = "anh.bao-khac.example"  # made up; its pictures must never be fetched
REPUBLISHER = "xaromen.example"  # made up, as the seed article's copy stands on a commune's site
VIETNAM = timezone(timedelta(hours=7))
FILES = "/file/e7837c02845ffd04018473e6df282e92"
CUT_SAPO = 90  # characters of a lead that a page prints cut short


class Entry(NamedTuple):
    """One line of a listing. Section pages and day sitemaps need not know the same addresses."""

    path: str
    title: str
    published: datetime
    sections: tuple[str, ...]  # the slugs of the section pages that list it
    lead: str = ""
    image: str | None = None
    in_sitemap: bool = True


@dataclass(frozen=True)
class Habits:
    """What a page prints other than the truth."""

    dateline: str = ""  # "(LĐ online) - " and its broken forms, before the first words
    sapo: Sapo = "same"  # how the lead above the body differs from the one repeated in it
    date_line: str | None = None  # a misprinted date line
    agency: str | None = None  # what stands at the end of an agency item
    junk: tuple[str, ...] = ()  # lines after the byline
    eth: bool = False  # Ð (U+00D0) for Đ
    nfd: bool = False  # marks as characters of their own
    entities: bool = False  # &acirc; for â
    lazy: bool = False  # pictures behind a placeholder, at thumbnail size


@dataclass(frozen=True)
class Story:
    """One story. `path` is its address at the newspaper, percent-encoded; times are Vietnamese.

    `aliases` answer with the same page, `moved_from` redirect to it, `listed` are the paths that
    section pages print (by default `path`). `modified` stays None where the page states nothing.
    """

    path: str
    title: str
    published: datetime
    text: str  # the body, in the notation of `crawler.demo.notation`
    generation: Generation = "onecms"
    section: str | None = "Kinh tế"
    section_slug: str | None = "kinh-te"
    kicker: str | None = None
    lead: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    source_url: str | None = None
    tags: tuple[str, ...] = ()
    kind: str = "news"
    language: str = "vi"
    modified: datetime | None = None
    aliases: tuple[str, ...] = ()
    moved_from: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    copied_to: str | None = None  # its path at the republisher
    missing_images: tuple[str, ...] = ()  # names of pictures that are not there
    trouble: str | None = None  # a passing trouble of the address, see crawler.demo.troubles
    skeleton: str | None = None
    habits: Habits = field(default_factory=Habits)
    touched_at: datetime | None = None  # when an edit last changed it

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"https://{HOST}{self.path}"

    @property
    def listed_paths(self) -> tuple[str, ...]:
        """The paths under which section pages link to the story."""
        return self.listed or (self.path,)

    @cached_property
    def pieces(self) -> list[Block]:
        """The body as printed, pictures at their own address and original size."""
        return [self._addressed(piece) for piece in parse(self.text)]

    @property
    def precision(self) -> str:
        """How exactly the page tells when the story was published."""
        if self.generation == "republished":
            return "month"
        if self.habits.date_line is not None:
            return "month"
        return "day" if self.generation == "numbered-new" else "minute"

    @property
    def published_at(self) -> str:
        """When the story was published, as precisely as its page tells."""
        lengths = {"minute": None, "day": 10, "month": 7}
        return self.published.isoformat()[: lengths[self.precision]]

    @property
    def sapo(self) -> str | None:
        """The lead as the page prints it above the body."""
        if not self.lead or self.generation != "numbered-new":
            return self.lead
        if self.habits.sapo == "truncated":
            return self.lead[:CUT_SAPO].rsplit(" ", 1)[0] + "..."
        return re.sub("[“”]", '"', self.lead) if self.habits.sapo == "quotes" else self.lead

    def image_url(self, name: str) -> str:
        """Return the original address of a picture, as this generation of the site forms it."""
        if "://" in name:
            return name
        at = self.published
        stem, _, suffix = name.rpartition(".")
        match self.generation:
            case "numbered-old" | "numbered-new":
                number = 2000000 + sum(map(ord, stem)) * 7 % 99991
                return f"https://{HOST}{FILES}/dataimages/{at:%Y%m}/original/images{number}_{name}"
            case "hexadecimal":
                return f"https://{HOST}{FILES}/{at:%m%Y}/{stem}_{at:%Y%m%d%H%M%S}.{suffix}"
            case "republished":
                return f"https://{REPUBLISHER}/wp-content/uploads/{at:%Y/%m}/{name}"
            case _:
                return f"https://{IMAGE_HOST}/{at:%Y/%m/%d}/{name}"

    def expected(self) -> dict[str, Any]:
        """Return the truth in the fields of an exported article that the page decides."""
        blocks = truth(self.pieces)
        images = [block.as_dict() for block in blocks if block.type == "image"]
        return {
            "url": self.url,
            "urls": sorted({f"https://{HOST}{path}" for path in self.paths}),
            "title": self.title,
            "kicker": self.kicker,
            "lead": self._expected_lead(),
            "body": body_of(blocks),
            "blocks": [block.as_dict() for block in blocks],
            "authors": list(self.authors),
            "source": self.source,
            "source_url": self.source_url,
            "section": self.section,
            "section_slug": self.section_slug,
            "tags": list(self.tags),
            "images": [{k: v for k, v in image.items() if k != "type"} for image in images],
            "published_at": self.published_at,
            "published_precision": self.precision,
            "modified_at": self.modified.isoformat() if self.modified else None,
            "kind": self.kind,
            "language": self.language,
        }

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths that lead to the story, canonical one first."""
        return (self.path, *self.aliases, *self.moved_from)

    def entries(self) -> Iterator[Entry]:
        """Yield the lines by which listings name the story."""
        first = next((piece.url for piece in self.pieces if piece.type == "image"), None)
        for path in dict.fromkeys((*self.listed_paths, self.path)):
            sections = (
                listing_sections(path, self.section_slug) if path in self.listed_paths else ()
            )
            in_sitemap = path == self.path and self.generation.startswith("onecms")
            yield Entry(
                path, self.title, self.published, sections, self.lead or "", first, in_sitemap
            )

    def _expected_lead(self) -> str | None:
        if self.lead in (None, "."):
            return None
        return self.lead if self.habits.sapo == "truncated" else self.sapo

    def _addressed(self, piece: Block) -> Block:
        if piece.type != "image" or piece.url is None:
            return piece
        return replace(piece, url=self.image_url(piece.url))


def key(path: str) -> str:
    """Return the form in which paths are compared: decoded, without query and closing slash.

    >>> key("/thethao/201908/b%C3%B3ng-1234567/?utm_source=x")
    '/thethao/201908/bóng-1234567'
    """
    return unquote(path.partition("?")[0]).rstrip("/") or "/"


def slugged(title: str) -> str:
    """Return a title as it stands in an address.

    >>> slugged("Hội Nông dân Đạ Tẻh")
    'hoi-nong-dan-da-teh'
    """
    plain = title.lower().replace("đ", "d")
    letters = unicodedata.normalize("NFD", plain).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", letters))


def listing_sections(path: str, section_slug: str | None) -> tuple[str, ...]:
    """Return the slugs of the section pages that list an address, the nearest first.

    >>> listing_sections("/mua-dau-mua-441201.html", "kinh-te/nong-nghiep-nong-thon")
    ('kinh-te/nong-nghiep-nong-thon', 'kinh-te')
    >>> listing_sections("/chinhtri/202203/ro-men-3109288/", "chinh-tri")
    ('chinhtri',)
    """
    if path.count("/") > 2:  # the older generations name their section in the address
        return (path.split("/")[1],)
    if section_slug is None:
        return ()
    parent = section_slug.partition("/")[0]
    return (section_slug,) if parent == section_slug else (section_slug, parent)
