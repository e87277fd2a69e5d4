"""The reading site: a Datasette plugin that puts its own pages in front of Datasette's.

It must stay a package: of a plain module Datasette finds no templates, and says nothing. They lie
in a folder of their own, because `index.html` or `error.html` here would replace Datasette's.
"""

import re
import sqlite3
from collections.abc import Callable
from typing import Any, Final, TypeVar

from datasette import NotFound, Response, hookimpl
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from archive.search.sql import register
from archive.store.damage import UNREADABLE
from archive.web.closed import close, joins_by_name
from archive.web.coding import packed
from archive.web.guarding import App, guarded
from archive.web.refusing import refuse
from archive.web.site import PLUGIN, Site, file_of, is_indexed
from archive.web.views import ROUTES, answering, not_found, unanswered

_DATASETTE: Final = re.compile(r"/(?:archive|-)(?:[/.]|$)")
_TOLD: Final = (Base400, DatasetteError)  # with a status and a sentence
_BROKEN: Final = "The database cannot be read; run `lamdong verify`."
_Hook = TypeVar("_Hook", bound=Callable[..., Any])
_hook: Callable[[_Hook], _Hook] = hookimpl  # Datasette has no types


@_hook
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Return our routes, or none where Datasette serves something else."""
    site = Site.within(datasette)
    return [(pattern, answering(site, view)) for pattern, view in ROUTES] if site else []


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Guard every answer, and send it small, Datasette's own pages included."""
    return lambda app: packed(
        guarded(_without_joins_by_name(app, datasette), is_indexed(datasette))
    )


def _without_joins_by_name(app: App, datasette: Any) -> App:
    """Return an ASGI application that refuses SQL that would show what is withheld."""
    site = Site.within(datasette)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        if site and scope["type"] == "http" and joins_by_name(site.file, query):
            await refuse(scope, send, 400, "join_by_name")
        else:
            await app(scope, receive, send)

    return answer


@_hook
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Teach every connection `vn_query(text)`, for those who write their own SQL; close what is withheld."""
    register(conn)
    served = datasette.databases.get(database)
    close(conn, file_of(served) if served is not None and served.path else None)


@_hook
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return our page for an address nobody knows, and what `lamdong serve` says where the database is damaged.

    Of the failures of Datasette's pages the others are told as what was asked wrongly: it says 500 to many of them.
    What it refuses itself is its own to tell.
    """
    site = Site.within(datasette)
    is_datasettes = _DATASETTE.match(request.scope.get("route_path", request.path))
    # Where a reader asks in words of their own only SQLite tells damage from what was asked wrongly.
    is_broken = not is_datasettes or site is None or type(exception) is sqlite3.DatabaseError
    is_ours = datasette.plugin_config(PLUGIN) is not None
    if is_ours and is_broken and isinstance(exception, UNREADABLE):
        return Response.json({"error": _BROKEN}, status=500)
    if site is None:
        return None
    if isinstance(exception, NotFound):
        return None if is_datasettes else answering(site, not_found)(request)
    is_told = isinstance(exception, _TOLD) and exception.status < 500
    return None if is_told or not is_datasettes else answering(site, unanswered(exception))(request)
