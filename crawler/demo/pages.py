"""Prints stories into skeletons: the HTML of every generation of the site."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html.entities import codepoint2name
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archive.model import Block
from crawler.demo.sections import OLD_SECTIONS, SECTIONS, Section
from crawler.demo.story import HOST, IMAGE_HOST, Entry, Generation, Story, slugged

SKELETONS: dict[Generation, tuple[str, ...]] = {
    "onecms": ("onecms_new", "onecms_longform"),
    "onecms-old": ("onecms_old",),
    "numbered-old": ("numbered_old_table", "numbered_old_div", "numbered_old_breaks"),
    "numbered-new": ("numbered_new_media", "numbered_new_html5", "numbered_new_bare"),
    "hexadecimal": ("hexadecimal_div", "hexadecimal_table", "hexadecimal_html5"),
    "republished": ("republished",),
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
PLACEHOLDER = f"https://{IMAGE_HOST}/assets/images/grey.gif"


@dataclass(frozen=True)
class Printed:
    """A story as one page prints it: texts are markup, misprints and all."""

    story: Story
    title: Markup
    kicker: Markup | None
    sapo: Markup | None
    pieces: list[Block]
    byline: Markup | None
    agency: Markup | None
    date_line: str
    junk: tuple[str, ...]

    @property
    def us_time(self) -> str:
        """The time as `article:published_time` gives it: month first, twelve hours, no zone."""
        at = self.story.published
        return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S %p}"


class Pages:
    """Prints stories and listings. `season` turns the furniture: no article depends on it."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.season = 0
        self.sections: tuple[Section, ...] = SECTIONS  # as the menu names them

    def story(
        self,
        story: Story,
        related: Sequence[Entry],
        skeleton: str | None = None,
        padding: str = "",
    ) -> str:
        """Return the page of a story, in its own skeleton unless another one is named."""
        name = skeleton or story.skeleton or SKELETONS[story.generation][0]
        return self.page(
            name, printed=printed(story), story=story, related=related, padding=Markup(padding)
        )

    def page(self, skeleton: str, **facts: Any) -> str:
        """Return any page of the site; `facts` are the names its skeleton uses."""
        clock = f"{WEEKDAYS[self.today.weekday()]}, {self.today:%d/%m/%Y}"
        file = skeleton if skeleton.endswith(".xml") else f"{skeleton}.html"
        template = _skeletons().get_template(file)
        menu = {"sections": self.sections, "names": {s.slug: s.name for s in self.sections}}
        facts = menu | {"clock": clock, "season": self.season, "today": self.today} | facts
        return template.render(**facts)


@cache
def _skeletons() -> Environment:
    # One for all newspapers of a process: compiling the skeletons takes longer than printing.
    skeletons = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "skeletons"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    skeletons.filters |= {"dotnet": dotnet, "slug": slugged, "thumb": thumb, "local": local}
    skeletons.globals |= {
        "host": HOST,
        "old_sections": OLD_SECTIONS,
        "placeholder": PLACEHOLDER,
    }
    return skeletons


def printed(story: Story) -> Printed:
    """Return a story with the habits of its page applied."""
    ink = _ink(story)
    names = " - ".join(story.authors)
    pieces = [_inked(piece, ink) for piece in _pieces(story)]
    sapo = f"{story.habits.dateline}{story.sapo}" if story.sapo else None
    return Printed(
        story,
        ink(story.title),
        ink(story.kicker) if story.kicker else None,
        ink(sapo) if sapo else None,
        pieces,
        ink(names) if names else None,
        ink(story.habits.agency) if story.habits.agency else None,
        story.habits.date_line or date_line(story),
        story.habits.junk,
    )


def date_line(story: Story) -> str:
    """Return the time of publication as the generation of the page prints it."""
    at = story.published
    match story.generation:
        case "numbered-old":
            return f"Cập nhật lúc {at:%H:%M}, {WEEKDAYS[at.weekday()]}, {at:%d/%m/%Y} (GMT+7)"
        case "numbered-new":  # the month for the minutes, twelve hours
            return f"{at:%I:%m, %d/%m/%Y}"
        case "hexadecimal":
            return f"{at:%H:%M, %d/%m/%Y}"
        case "onecms-old":
            return f"{at:%d-%m-%Y %H:%M} |"
        case _:
            return f"{at:%d/%m/%Y - %H:%M}"


def dotnet(text: str) -> Markup:
    """Return text escaped as the .NET of today's system does it.

    >>> dotnet("Nông dân")
    Markup('N&#244;ng d&#226;n')
    """
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return Markup(re.sub("[\xa0-\xff]", lambda found: f"&#{ord(found[0])};", escaped))


def thumb(address: str, size: str) -> str:
    """Return the address of a picture of the image host at a smaller size, as `600x400`."""
    return address.replace(f"//{IMAGE_HOST}/", f"//{IMAGE_HOST}/thumbs/{size}/")


def local(address: str) -> str:
    """Return an address without the newspaper's host, as the older generations print it."""
    return address.removeprefix(f"https://{HOST}")


def _pieces(story: Story) -> list[Block]:
    pieces = list(story.pieces)
    if story.generation == "numbered-new" and story.lead:
        first = next(i for i, piece in enumerate(pieces) if piece.type == "p")
        pieces.insert(first, Block("p", text=story.lead))
    if story.habits.dateline and (not story.sapo or story.generation == "numbered-new"):
        first = next(i for i, piece in enumerate(pieces) if piece.type == "p")
        pieces[first] = replace(pieces[first], text=f"{story.habits.dateline}{pieces[first].text}")
    return pieces


def _ink(story: Story) -> Callable[[str], Markup]:
    habits = story.habits

    def ink(text: str) -> Markup:
        text = re.sub(r"&(?!#?\w+;)", "&amp;", text)
        if habits.eth:
            text = text.replace("Đ", "Ð")
        if habits.nfd:
            text = unicodedata.normalize("NFD", text)
        if habits.entities:
            text = re.sub("[\xa0-\xff]", lambda found: f"&{codepoint2name[ord(found[0])]};", text)
        return Markup(text)

    return ink


def _inked(piece: Block, ink: Callable[[str], Markup]) -> Block:
    return replace(
        piece,
        text=None if piece.text is None else ink(piece.text),
        items=[ink(item) for item in piece.items],
        rows=[[ink(cell) for cell in row] for row in piece.rows],
        stanzas=[[ink(line) for line in stanza] for stanza in piece.stanzas],
        caption=None if piece.caption is None else ink(piece.caption),
        credit=None if piece.credit is None else ink(piece.credit),
    )
