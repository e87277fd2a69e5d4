"""`/url/ADDRESS`: from any address of the newspaper to its article, or to what is known of it."""

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
    shown = f"{asked.host}{asked.path}" if asked else None
    held = known.article_id if known else None
    if visit.request.url_vars["data"]:
        found = {name: getattr(known, name, None) for name in _FACTS}
        if known and known.is_withheld:  # whoever guesses the number learns no title
            found["url"] = found["reason"] = None
        # Where its article is read as data.
        article = visit.site.path(f"/articles/{held}.json") if held else None
        return visit.data({"asked": shown, "article": article, **found}, 200 if held else 404)
    if held:
        return visit.moved(f"/articles/{held}")
    return await visit.page("address.html", 404, asked=shown, known=known)
