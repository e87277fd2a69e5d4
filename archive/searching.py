"""The command `lamdong search`, and the search index made anew."""

import re
from pathlib import Path
from typing import Any

import click

from archive.cli import reading
from archive.cli_boundary import archive_option
from archive.cli_named import require_known
from archive.cli_period import period_options, require_order
from archive.search import SORTS, Answer, Filters, Hit, Wanted, search
from archive.search.excerpts import plain
from archive.store import Opener
from archive.store.index import is_stale
from archive.terminal import canvas, escaped_json

STALE = "Note: the search index was made by older rules; `lamdong rebuild --index` makes it anew."


@click.command(name="search")
@archive_option
@click.argument("query", nargs=-1)
@click.option("--section", help="Only this section and those in it: kinh-te.")
@click.option("--author", help="Only what this author signed.")
@click.option("--tag", help="Only articles with this tag.")
@click.option("--kind", help="Only news, longform, photo, video, digest, verse or notice.")
@period_options
@click.option("--sort", type=click.Choice(SORTS), default="best", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def search_command(
    archive: Path, query: tuple[str, ...], sort: Any, limit: int, as_json: bool, **named: Any
) -> None:
    """Search the archive; accents may be typed or left out.

    \b
    Example:
      lamdong search dam rong chi bo --since 2022-01-01
    """
    require_order(named["since"], named["until"])
    wanted = Wanted(" ".join(query), Filters(**named), sort, 1, limit)
    with reading(archive) as db:
        if is_stale(db):
            click.echo(STALE, err=True)
        require_known(db, wanted.filters)
        answer = search(db, wanted)
    if as_json:
        following = wanted.address("/search.json", 2)
        click.echo(escaped_json(answer.as_dict(following)))
        return
    for hit in answer.hits:
        click.echo(_as_text(hit))
    click.echo(_summary(answer), err=True)


def _as_text(hit: Hit) -> str:
    """A hit for a terminal: matches stand out where it can show that."""
    head = " · ".join(filter(None, [(hit.published_at or "undated")[:10], hit.section]))
    lines = (click.style(head, dim=True), _shown(hit.title_marked), hit.url, _shown(hit.snippet))
    return "\n  ".join(lines) + "\n"


def _shown(marked: str) -> str:
    """Return an excerpt with its matches in bold."""
    parts = re.split(r"<mark>(.*?)</mark>", marked)
    bold = (
        click.style(plain(part), bold=True) if n % 2 else plain(part)
        for n, part in enumerate(parts)
    )
    return "".join(bold)


def _summary(answer: Answer) -> str:
    if not answer.total:
        also = f" Without accents there is something: lamdong search {answer.unaccented!r}"
        return f"Nothing found for {answer.query!r}." + (also if answer.unaccented else "")
    more = "" if answer.total_is_exact else "more than "
    return f"{len(answer.hits)} of {more}{answer.total:,} found for {answer.query!r}."


def index_again(archive: Path, opener: Opener) -> int:
    """Make the search index anew, with progress; return the exit status."""
    with opener(archive) as opened:
        total = opened.db.execute("SELECT count(*) FROM articles").fetchone()[0]
        with click.progressbar(length=total, label="Indexing", file=canvas()) as progress:
            for done in opened.rebuild_index():
                progress.update(done - progress.pos)
    click.echo(f"{archive}: {total:,} articles indexed.", err=True)
    return opened.status
