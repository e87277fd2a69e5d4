"""What is refused before any page is asked for: one sentence, as text or, where data was asked for, as data."""

import json
from typing import Any, Final
from urllib.parse import parse_qs

from archive.web.answers import HARMLESS
from archive.web.words import Words

_HEADERS: Final = {
    **HARMLESS,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


async def refuse(
    scope: Any, send: Any, status: int, text: str, headers: dict[str, str] | None = None
) -> None:
    """Answer with a status and a text of the catalogue."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    sentence = Words("en" if asked.get("lang") == ["en"] else "vi")(text)
    is_data = scope["path"].endswith((".json", ".jsonl", ".atom"))
    body = json.dumps({"error": sentence}, ensure_ascii=False) if is_data else sentence + "\n"
    media_type = "application/json" if is_data else "text/plain"
    content = body.encode()
    given = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Length": f"{len(content)}",
        **_HEADERS,
        **(headers or {}),
    }
    fields = [(name.lower().encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": content})
