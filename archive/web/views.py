"""The pages of the site: which address shows what."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final

from archive import export, health
from archive.warc import Damage
from archive.web import addresses, browsing, captures, feeds, history, overviews, searching, stories
from archive.web.site import Site
from archive.web.streaming import exported
from archive.web.visits import Refused, Visit, as_bytes, not_modified

View = Callable[[Visit], Awaitable[Any]]


def answering(site: Site, view: View) -> Callable[[Any], Awaitable[Any]]:
    """Return what Datasette calls for a view; a failure one can foresee becomes one sentence."""

    async def answer(request: Any) -> Any:
        visit = Visit.of(site, request)
        try:
            if request.method not in {"GET", "HEAD"}:
                raise Refused(405, "reads_only")
            return await view(visit)
        except Refused as refused:
            return await visit.refusal(refused)
        except sqlite3.OperationalError:
            return await visit.refusal(Refused(503, "busy"))
        except sqlite3.DatabaseError:
            return await visit.refusal(Refused(500, "broken"))

    return answer


async def front(visit: Visit) -> Any:
    """Show the newest articles, or those before one: `?before=ID`."""
    before = visit.request.args.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise Refused(400, "bad_number")
    found = await visit.site.read(lambda db: stories.newest(db, int(before) if before else None))
    shown = found[: stories.PAGE]
    earlier = visit.link("/", before=shown[-1].id) if len(found) > stories.PAGE else None
    return await visit.page(
        "front.html", days=stories.by_day(shown), earlier=earlier, is_first=before is None
    )


async def article(visit: Visit) -> Any:
    """Show an article with its evidence."""
    article_id = visit.number("id")
    found = await visit.site.read(lambda db: stories.story(db, article_id))
    if found is None:
        raise Refused(404, "no_article", id=article_id)
    return await visit.page("article.html", story=found, article=found.article)


async def article_data(visit: Visit) -> Any:
    """Give an article exactly as the export does."""
    article_id = visit.number("id")
    found = await visit.site.read(lambda db: export.article(db, article_id))
    if found is None:
        raise Refused(404, "no_article", id=article_id)
    return visit.data(found)


async def address(visit: Visit) -> Any:
    """Lead from any address of the newspaper to its article, or say what is known of it."""
    text = visit.request.url_vars.get("address") or visit.request.args.get("address") or ""
    asked = addresses.asked(text)
    known = await visit.site.read(lambda db: addresses.known(db, asked)) if asked else None
    if known and known.article_id:
        return visit.moved(f"/articles/{known.article_id}")
    shown = f"{asked.host}{asked.path}" if asked else None
    return await visit.page("address.html", 404, asked=shown, known=known)


async def capture(visit: Visit) -> Any:
    """Give what the newspaper sent: pictures as themselves, all else to be kept as a file."""
    capture_id = visit.number("id")
    held = await visit.site.read(lambda db: captures.held(db, capture_id))
    if held is None:
        raise Refused(404, "no_capture", id=capture_id)
    etag = f'"{held.digest}"'
    if visit.request.headers.get("if-none-match") == etag:
        return not_modified(etag)
    try:
        content = await asyncio.to_thread(captures.body, visit.site.folder, held)
    except (Damage, OSError) as error:
        raise Refused(500, "capture_damaged", id=capture_id) from error
    picture = captures.picture_type(content)
    attachment = None if picture else f"capture-{capture_id}.txt"
    return as_bytes(content, picture or "text/plain", etag, attachment)


async def whole_export(visit: Visit) -> Any:
    """Give every article, one JSON object a line."""
    return exported(visit)


async def status(visit: Visit) -> Any:
    """Show how the archive is doing."""
    found: dict[str, Any] = await visit.site.read(health.status)
    return await visit.page("status.html", health=found)


async def status_data(visit: Visit) -> Any:
    """Give the object of `lamdong status --json`."""
    return visit.data(await visit.site.read(health.status))


async def not_found(_: Visit) -> Any:
    """Say that there is no such page."""
    raise Refused(404, "no_page")


# Patterns are matched against the path as sent, still quoted.
ROUTES: Final[tuple[tuple[str, View], ...]] = (
    (r"/$", front),
    (r"/articles/(?P<id>\d{1,18})$", article),
    (r"/articles/(?P<id>\d{1,18})\.json$", article_data),
    (r"/articles/(?P<id>\d{1,18})/history$", history.page),
    (r"/articles/(?P<id>\d{1,18})/history\.json$", history.data),
    (r"/url(?:/(?P<address>.*))?$", address),
    (r"/captures/(?P<id>\d{1,18})$", capture),
    (r"/search$", searching.page),
    (r"/search\.json$", searching.data),
    (r"/search/counts\.json$", searching.counts),
    (r"/search/suggestions\.json$", searching.suggestions),
    (r"/sections(?P<data>\.json)?$", overviews.sections),
    (r"/authors(?P<data>\.json)?$", overviews.authors),
    (r"/tags(?P<data>\.json)?$", overviews.tags),
    (r"/days(?:/(?P<year>\d{4}))?(?P<data>\.json)?$", overviews.days),
    (r"/sections/(?P<name>.+?)(?P<data>\.json)?$", browsing.section),
    (r"/authors/(?P<name>.+?)(?P<data>\.json)?$", browsing.author),
    (r"/tags/(?P<name>.+?)(?P<data>\.json)?$", browsing.tag),
    (r"/days/(?P<name>.+?)(?P<data>\.json)?$", browsing.day),
    (r"/corrections(?P<data>\.json)?$", browsing.corrections),
    (r"/disappeared(?P<data>\.json)?$", browsing.disappeared),
    (r"/feed\.atom$", feeds.atom),
    (r"/feed\.json$", feeds.json_feed),
    (r"/export\.jsonl$", whole_export),
    (r"/status$", status),
    (r"/status\.json$", status_data),
)
