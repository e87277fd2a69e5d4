"""One module per page layout: `recognises(page)` by a marker in the page, `read(page, seen)` its article.

The order matters: the first layout that recognises a page reads it; the next one answers where it finds nothing.
"""

from datetime import datetime

from archive.model import Article
from crawler.layouts import dataimages, generic, onecms, republished
from crawler.page import Page

LAYOUTS = (republished, onecms, dataimages, generic)


def read_page(url: str, body: bytes, content_type: str | None, seen: datetime) -> Article | None:
    """Return the article in a page as received (content coding removed), or None where none is found.

    `seen` is when it was fetched, aware. Raises ValueError where the bytes hold no HTML at all.
    """
    return read(Page(url, body, content_type), seen)


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article of a parsed page by the first layout that recognises it and finds one."""
    for layout in LAYOUTS:
        if layout.recognises(page):
            article: Article | None = layout.read(page, seen)
            if article is not None:
                return article
    return None
