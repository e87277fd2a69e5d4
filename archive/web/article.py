"""The page of an article: its text, its evidence, and where one may go on."""

from typing import Any

from archive import export
from archive.web import stories
from archive.web.linked_data import news_article, script
from archive.web.visits import Visit
from archive.web.withheld import absent


async def page(visit: Visit) -> Any:
    """Show an article with its evidence."""
    article_id = visit.number("id")
    found = visit.site.read_here(lambda db: stories.story(db, article_id))
    if found is None:
        raise await absent(visit, article_id)
    linked = script(news_article(found, visit.address))
    return await visit.page("article.html", story=found, article=found.article, linked_data=linked)


async def data(visit: Visit) -> Any:
    """Give an article exactly as the export does."""
    article_id = visit.number("id")
    found = visit.site.read_here(lambda db: export.article(db, article_id))
    if found is None:
        raise await absent(visit, article_id)
    return visit.data(found)
