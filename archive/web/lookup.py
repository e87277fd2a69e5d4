"""`/url/ADDRESS`: from any address of the newspaper to its article, or to what is known of it."""

from dataclasses import asdict
from typing import Any, Final

from archive.web import addresses
from archive.web.visits import Visit

_FACTS: Final = (
    "article_id",
    "url",
    "kind",
    "state",
    "reason",
    "found_at",
    "fetched_at",
    "gone_at",
)


async def page(visit: Visit) -> Any:
    """Lead to the article, or say what is known of the address; with `.json` give it as data."""
    text = visit.request.url_vars.get("address") or visit.args.get("address") or ""
    asked = addresses.asked(text)
    known = await visit.site.read(lambda db: addresses.known(db, asked)) if asked else None
    is_held = bool(known and known.article_id)
    shown = f"{asked.host}{asked.path}" if asked else None
    if visit.request.url_vars["data"]:
        return visit.data(_as_data(shown, known), 200 if is_held else 404)
    if known and known.article_id:
        return visit.moved(f"/articles/{known.article_id}")
    return await visit.page("address.html", 404, asked=shown, known=known)


def _as_data(asked: str | None, known: addresses.Known | None) -> dict[str, Any]:
    """What is known of an address; `article` is where its article is read as data."""
    found = asdict(known) if known else {}
    article = f"/articles/{known.article_id}.json" if known and known.article_id else None
    return {"asked": asked, "article": article, **{name: found.get(name) for name in _FACTS}}
