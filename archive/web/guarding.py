"""What every answer gets on its way out, Datasette's own pages included.

Datasette sends no Content-Security-Policy. Its pages have a few inline scripts that are the same bytes each time:
these are named by their digests, read from the templates that are installed, and no other script runs.
"""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import datasette

from archive.web.answers import HARMLESS, NO_INDEX

_TEMPLATES: Final = Path(datasette.__file__).parent / "templates"
_STATIC: Final = ("_close_open_menus.html", "_codemirror_foot.html")
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FACETS: Final = tuple(f"DATASETTE_ALLOW_FACET = {each};" for each in ("true", "false"))
# Style sheets and scripts have a digest in their address: what it names never changes.
_FOR_GOOD: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

App = Callable[[Any, Any, Any], Awaitable[None]]


def guarded(app: App, is_indexed: bool) -> App:
    """Return an ASGI application that adds to each answer the headers it does not set itself.

    Search engines are told to keep away unless `is_indexed`.
    """
    added = {**HARMLESS, "Content-Security-Policy": policy()} | ({} if is_indexed else NO_INDEX)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                extra = added | (_FOR_GOOD if _is_for_good(scope, message) else {})
                message["headers"] = _with(message["headers"], extra)
            await send(message)

        await app(scope, receive, sending if scope["type"] == "http" else send)

    return answer


def _is_for_good(scope: Any, message: Any) -> bool:
    is_static = "/-/static-plugins/" in scope["path"] and scope["query_string"].startswith(b"v=")
    return is_static and message["status"] == 200


def _with(headers: list[Any], extra: dict[str, str]) -> list[Any]:
    there = {name.lower() for name, _ in headers}
    missing = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
    return [*headers, *(each for each in missing if each[0] not in there)]


@cache
def policy() -> str:
    """Return the policy of Datasette's own pages: its scripts by digest, its inline styles, nothing from elsewhere."""
    texts = [(_TEMPLATES / name).read_text("utf-8") for name in _STATIC]
    scripts = [*_FACETS, *(script for text in texts for script in _SCRIPT.findall(text))]
    digests = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src 'self' {digests}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
