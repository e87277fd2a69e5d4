"""The export as a stream, a few articles at a time.

Each batch is read anew by id. One long query would be one long transaction, and while that lasts,
the log of a crawl that writes beside it (SQLite's WAL) could only grow.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

from datasette.utils.asgi import AsgiStream

from archive import export
from archive.web import answers
from archive.web.site import Site
from archive.web.stories import ids_after
from archive.web.visits import Visit

_BATCH: Final = 100  # articles


def exported(visit: Visit) -> Any:
    """Return an answer that streams every article, one JSON object a line, ordered by id."""

    async def write(out: Any) -> None:
        if visit.request.method == "HEAD":
            return
        gone = asyncio.ensure_future(_leaves(visit.request.receive))
        try:
            async for lines in _batches(visit.site):
                await out.write(lines)
                if gone.done():
                    return
        finally:
            gone.cancel()

    return AsgiStream(
        write,
        headers={**answers.DATA, "Cache-Control": "no-cache"},
        content_type="application/x-ndjson; charset=utf-8",
    )


async def _batches(site: Site) -> AsyncIterator[str]:
    last: int | None = 0
    while last is not None:
        lines, last = await site.read(partial(_lines, after=last))
        yield lines


def _lines(db: sqlite3.Connection, after: int) -> tuple[str, int | None]:
    """Return the next lines, and the id they end with; None where there are no more."""
    ids = ids_after(db, after, _BATCH)
    found = (export.article(db, article_id) for article_id in ids)
    lines = (json.dumps(article, ensure_ascii=False) + "\n" for article in found if article)
    return "".join(lines), ids[-1] if ids else None


async def _leaves(receive: Any) -> None:
    """Wait until the reader has gone; the server itself would let us write on for nobody."""
    while (await receive())["type"] != "http.disconnect":
        pass
