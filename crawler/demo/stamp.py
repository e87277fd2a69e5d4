"""Pages of filler, printed fast: the skeleton is filled once, each article is stamped into it."""

import re
from datetime import datetime

from crawler.demo.answers import Answer
from crawler.demo.filler import Filler
from crawler.demo.pages import Pages, date_line, printed
from crawler.demo.sections import BY_SLUG
from crawler.demo.story import VIETNAM, Story

# Every value of this story is a mark that the skeleton prints and the stamp replaces.
MODEL = Story(
    path="/@path@",
    title="@title@",
    published=datetime(2001, 2, 3, 4, 5, tzinfo=VIETNAM),
    text="@text@",
    section="@section@",
    section_slug="@slug@",
    lead="@lead@",
    authors=("@author@",),
)
MARKS = {
    "line": date_line(MODEL),
    "iso": MODEL.published.isoformat(),
    "us": printed(MODEL).us_time,
    "path": MODEL.path,
    **{name: f"@{name}@" for name in ("title", "text", "section", "slug", "lead", "author")},
}
MARK = re.compile("(" + "|".join(map(re.escape, MARKS.values())) + ")")
NAMES = {mark: name for name, mark in MARKS.items()}
FURNITURE = (
    '<li><div class="b-grid"><div class="b-grid__img"><a href="/tin-tuc-24h"><img src="https://'
    'lamdong.1cdn.vn/assets/images/grey.gif" alt="Tin đọc thêm số {0}" /></a></div><div class='
    '"b-grid__content"><div class="b-grid__row"><h3 class="b-grid__title"><a href="/tin-tuc-24h">'
    "Tin đọc thêm số {0}: bản tin thời tiết các vùng</a></h3></div></div></div></li>\n"
)


class Stamp:
    """Prints pages of filler, padded with furniture to about `size` bytes."""

    def __init__(self, pages: Pages, filler: Filler, size: int) -> None:
        self._pages = pages
        self._filler = filler
        self._size = size
        self.renew()

    def renew(self) -> None:
        """Print the skeleton again, after the furniture changed."""
        text = sum(len(paragraph.encode()) for paragraph in self._filler.paragraphs(0))
        room = self._size - text - len(self._pages.story(MODEL, ()).encode())
        per_item = len(FURNITURE.format(1000).encode())
        items = range(1000, 1000 + max(0, room) // per_item)
        padding = "".join(FURNITURE.format(number) for number in items)
        page = self._pages.story(MODEL, (), padding=padding)
        parts = MARK.split(page)
        self._literals = [part.encode() for part in parts[::2]]
        self._marks = [NAMES[mark] for mark in parts[1::2]]

    def answer(self, number: int) -> Answer:
        """Return the page of an article, uncompressed: packing would cost more than printing."""
        values = {name: value.encode() for name, value in self._values(number).items()}
        body = bytearray(self._literals[0])
        for mark, literal in zip(self._marks, self._literals[1:], strict=True):
            body += values[mark]
            body += literal
        etag = f'"{number:x}-{self._pages.season:x}"'
        return Answer(200, bytes(body), etag=etag, packable=False)

    def _values(self, number: int) -> dict[str, str]:
        filler = self._filler
        at = filler.published(number)
        slug = filler.section_slug(number)
        return {
            "line": f"{at:%d/%m/%Y - %H:%M}",
            "iso": at.isoformat(),
            "us": f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S %p}",
            "path": filler.path(number),
            "title": filler.title(number),
            "text": "</p><p>".join(filler.paragraphs(number)),
            "section": BY_SLUG[slug].name,
            "slug": slug,
            "lead": filler.lead(number),
            "author": filler.author(number),
        }
