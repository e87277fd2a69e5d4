"""The pages of the site: which address shows what."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final

from archive import health
from archive.store.damage import UNREADABLE
from archive.web import (
    answers,
    article,
    browsing,
    captures,
    citing,
    feeds,
    front,
    history,
    lookup,
    manual,
    opensearch,
    overviews,
    searching,
)
from archive.web.site import Site
from archive.web.streaming import exported
from archive.web.visits import Refused, Visit

_REASON: Final = 200  # characters

View = Callable[[Visit], Awaitable[Any]]


def answering(site: Site, view: View) -> Callable[[Any], Awaitable[Any]]:
    """Return what Datasette calls for a view; a failure one can foresee becomes one sentence."""

    async def answer(request: Any) -> Any:
        visit = Visit.of(site, request)
        try:
            if request.method == "OPTIONS":
                return answers.preflight()
            if request.method not in {"GET", "HEAD"}:
                raise Refused(405, "reads_only")
            return await view(visit)
        except Refused as refused:
            return await visit.refusal(refused)
        except sqlite3.OperationalError:
            return await visit.refusal(Refused(503, "busy"))
        except UNREADABLE:
            return await visit.refusal(Refused(500, "broken"))

    return answer


async def whole_export(visit: Visit) -> Any:
    """Give every article, one JSON object a line."""
    return exported(visit)


async def status(visit: Visit) -> Any:
    """Show how the archive is doing."""
    found = await _health(visit)
    alarms = await visit.site.read(health.alarms)
    return await visit.page("status.html", health=found, alarms=alarms)


async def status_data(visit: Visit) -> Any:
    """Give the object of `lamdong status --json`."""
    return visit.data(await _health(visit))


async def _health(visit: Visit) -> dict[str, Any]:
    return await visit.site.read(lambda db: health.status(db, visit.site.folder))


async def robots(visit: Visit) -> Any:
    """Tell search engines what they may list: nothing, unless the operator lets them in."""
    # Pages only: data says the same again, and a search costs more than a page.
    closed = ("/archive", "/search", "/url", "/captures") if visit.site.is_indexed else ("/",)
    lines = ("User-agent: *", *(f"Disallow: {visit.site.path(path)}" for path in closed), "")
    return answers.sent(answers.data("\n".join(lines), "text/plain; charset=utf-8"), visit.request)


async def not_found(_: Visit) -> Any:
    """Say that there is no such page."""
    raise Refused(404, "no_page")


def unanswered(exception: Exception) -> View:
    """Return a view that says that Datasette did not answer: a question too large, or one it cannot read."""

    async def view(_: Visit) -> Any:
        if isinstance(exception, MemoryError):
            raise Refused(503, "busy")
        raise Refused(400, "unanswerable", reason=_reason(exception))

    return view


def _reason(exception: Exception) -> str:
    """What SQLite or Datasette says; what the system says may name a path of this machine."""
    return "" if isinstance(exception, OSError) else f"{exception}"[:_REASON]


# Patterns are matched against the path as sent, still quoted.
ROUTES: Final[tuple[tuple[str, View], ...]] = (
    (r"/$", front.page),
    (r"/\.json$", front.data),
    (r"/articles/(?P<id>\d{1,18})$", article.page),
    (r"/articles/(?P<id>\d{1,18})\.json$", article.data),
    (r"/articles/(?P<id>\d{1,18})/cite$", citing.page),
    (r"/articles/(?P<id>\d{1,18})/cite\.bib$", citing.as_bibtex),
    (r"/articles/(?P<id>\d{1,18})/cite\.ris$", citing.as_ris),
    (r"/articles/(?P<id>\d{1,18})/cite\.json$", citing.data),
    (r"/articles/(?P<id>\d{1,18})/history$", history.page),
    (r"/articles/(?P<id>\d{1,18})/history\.json$", history.data),
    (r"/url(?:/(?P<address>.*?))?(?P<data>\.json)?$", lookup.page),
    (r"/captures/(?P<id>\d{1,18})$", captures.sent),
    (r"/search$", searching.page),
    (r"/search\.json$", searching.data),
    (r"/search/counts\.json$", searching.counts),
    (r"/search/suggestions\.json$", searching.suggestions),
    (r"/opensearch\.xml$", opensearch.description),
    (r"/sections(?P<data>\.json)?$", overviews.sections),
    (r"/authors(?P<data>\.json)?$", overviews.authors),
    (r"/tags(?P<data>\.json)?$", overviews.tags),
    (r"/days(?:/(?P<year>\d{4}))?(?P<data>\.json)?$", overviews.days),
    (r"/sections/(?P<name>.+?)(?P<data>\.json)?$", browsing.section),
    (r"/authors/(?P<name>.+?)(?P<data>\.json)?$", browsing.author),
    (r"/tags/(?P<name>.+?)(?P<data>\.json)?$", browsing.tag),
    (r"/days/(?P<name>\d{4}-\d{2})(?P<data>\.json)?$", browsing.month),
    (r"/days/(?P<name>.+?)(?P<data>\.json)?$", browsing.day),
    (r"/corrections(?P<data>\.json)?$", browsing.corrections),
    (r"/disappeared(?P<data>\.json)?$", browsing.disappeared),
    (r"/feed\.atom$", feeds.atom),
    (r"/feed\.json$", feeds.json_feed),
    (r"/export\.jsonl$", whole_export),
    (r"/api$", manual.page),
    (r"/robots\.txt$", robots),
    (r"/status$", status),
    (r"/status\.json$", status_data),
)
