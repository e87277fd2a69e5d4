"""The addresses of the sample newspaper when nothing goes wrong: which answers what."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from crawler.demo.answers import Answer
from crawler.demo.catalogue import Catalogue
from crawler.demo.listings import Listings
from crawler.demo.pages import Pages
from crawler.demo.pictures import jpeg, png
from crawler.demo.stamp import Stamp
from crawler.demo.story import HOST, Entry, Story, key
from crawler.demo.troubles import missing, prices

RELATED = 7
PRICE_PAGES = ("/gia-vang", "/gia-xe-o-to/toyota/vios")
THUMBNAIL = re.compile(r"/thumbs/\d+x\d+(?=/)")


class Site:
    """Answers for paths, remembering what it has printed until `changed` is called."""

    def __init__(
        self,
        pages: Pages,
        catalogue: Catalogue,
        listings: Listings,
        stamp: Stamp,
        republished: Sequence[Story],
    ) -> None:
        self._pages = pages
        self._catalogue = catalogue
        self._listings = listings
        self._stamp = stamp
        self._republished = republished
        # keys of paths -> what they answer whatever the stories say
        self.special: dict[str, Callable[[Pages], Answer]] = dict.fromkeys(PRICE_PAGES, prices)
        self._related = {s.path: _neighbours(s, catalogue.stories) for s in catalogue.stories}
        self.changed()

    def changed(self) -> None:
        """Read the stories again and print everything anew."""
        self._printed: dict[str, Answer] = {}
        self._by_path: dict[str, Story] = {}
        self._moved: dict[str, Story] = {}
        for story in self._catalogue.stories:
            self._by_path |= {key(path): story for path in (story.path, *story.aliases)}
            self._moved |= {key(path): story for path in story.moved_from}
        stories = (*self._catalogue.stories, *self._republished)
        self._pictures = {url for story in stories for url in _pictures(story)}

    def story_page(self, story: Story, skeleton: str | None = None) -> str:
        """Return the page of any story, in another skeleton if one is named."""
        return self._pages.story(story, self._related.get(story.path, ()), skeleton)

    def answer(self, path: str) -> Answer:
        """Return what the newspaper's host answers; `path` holds the query."""
        path, _, query = path.partition("?")
        number = self._catalogue.filler_number(path)
        if number is not None:
            return self._stamp.answer(number)
        name = f"{key(path)}?{query}" if key(path) not in self._by_path else key(path)
        if name not in self._printed:
            self._printed[name] = self._print(path, query)
        return self._printed[name]

    def republisher(self, path: str) -> Answer:
        """Return what the site answers that printed some stories again."""
        for story in self._republished:
            if story.copied_to and key(path) == key(story.copied_to):
                return Answer.page(self.story_page(story))
        links = "".join(
            f'<li><a href="{s.copied_to}">{s.title}</a></li>' for s in self._republished
        )
        return Answer.page(f"<html><body><h1>Trang tin xã</h1><ul>{links}</ul></body></html>")

    def picture(self, url: str) -> Answer:
        """Return the picture at an address, at any size; 404 where no story shows it."""
        name = THUMBNAIL.sub("", url)
        if name not in self._pictures and "/assets/" not in name:
            return Answer.page("Not Found", "text/plain", status=404)
        if name.endswith(".png"):
            return Answer(200, png(url), "image/png", packable=False).with_etag()
        return Answer(200, jpeg(url), "image/jpeg", packable=False).with_etag()

    def _print(self, path: str, query: str) -> Answer:
        name = key(path)
        if name in self.special:
            return self.special[name](self._pages)
        if name in self._moved:
            return Answer.redirect(self._moved[name].url)
        if name in self._by_path:
            return self._article(self._by_path[name])
        if path.startswith("/file/"):
            return self.picture(f"https://{HOST}{path}")
        return self._listings.answer(path, query) or missing(self._pages)

    def _article(self, story: Story) -> Answer:
        answer = Answer.page(self.story_page(story))
        match story.generation:
            case "onecms" | "onecms-old":
                return answer.with_etag()
            case "numbered-old" | "numbered-new":
                return answer.dated(story.touched_at or story.published)
            case _:
                return answer


def _neighbours(story: Story, stories: Iterable[Story]) -> list[Entry]:
    # Kept as they were at the start: furniture of a page must not change with other articles.
    alike = [s for s in stories if s.generation == story.generation and s is not story]
    same_section = sorted(alike, key=lambda s: s.section_slug != story.section_slug)
    return [next(iter(other.entries())) for other in same_section[:RELATED]]


def _pictures(story: Story) -> Iterator[str]:
    for piece in story.pieces:
        if piece.type == "image" and piece.url and not piece.url.endswith(story.missing_images):
            yield piece.url
