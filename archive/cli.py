"""The commands that need no crawler: export, serve, status."""

import contextlib
import io
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from archive import __version__, export, health
from archive.cli_boundary import Commands, archive_option
from archive.cli_named import section_path
from archive.cli_period import period_options, require_order
from archive.cli_site import site_options, sql_said
from archive.contact import ask_for_contact
from archive.store import Opener
from archive.store.opening import open_database
from archive.terminal import data, escaped_json

DAMAGED = 4


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="lamdong")
def cli() -> None:
    """A searchable, provable archive of Báo Lâm Đồng (baolamdong.vn).

    \b
    Example:
      lamdong start
    """


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open an archive's database to read."""
    with contextlib.closing(open_database(folder, writable=False)) as db:
        yield db


@cli.command(name="export")
@archive_option
@click.option(
    "--format",
    "form",
    type=click.Choice([*export.FORMATS, "wacz"]),
    default="jsonl",
    show_default=True,
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here instead of standard output.",
)
@period_options
@click.option("--section", help="Only this section, as in its address: kinh-te.")
@click.option(
    "--changed-since",
    help="Only articles new or changed since this moment (ISO 8601; UTC if it has no zone).",
)
@click.option("--versions", is_flag=True, help="A row for every version, not only the latest.")
def export_command(archive: Path, form: str, output: Path | None, **options: Any) -> None:
    """Hand out the articles as data, ordered by id; as wacz their captures, for ReplayWeb.page and pywb.

    \b
    Example:
      lamdong export --since 2022-03-01 --until 2022-03-31 --output march.jsonl
      lamdong export --format wacz --section kinh-te --output kinh-te.wacz
    """
    selection = _selection(**options)
    if form == "wacz" and output is None and sys.stdout.isatty():
        raise click.UsageError("a WACZ file is no text; name it with --output, or use a pipe.")
    with reading(archive) as db:
        if selection.section is not None:
            selection = replace(selection, section=section_path(db, selection.section))
        told = _exported(archive, db, selection, form, output)
        left_out = health.withheld_counts(db)["articles"]
    if left_out:
        click.echo(f"Withheld and left out: articles {left_out:,}.", err=True)
    if output:
        click.echo(f"{output}: {told}.", err=True)


def _exported(
    archive: Path,
    db: sqlite3.Connection,
    selection: export.Selection,
    form: str,
    output: Path | None,
) -> str:
    """Write what is selected; return how much that was."""
    with _opened(output, is_text=form != "wacz") as out:
        if form == "wacz":
            return _packed(archive, db, selection, out)
        return f"{export.write(export.articles(db, selection), out, form):,} rows"


def _packed(archive: Path, db: sqlite3.Connection, selection: export.Selection, out: Any) -> str:
    """Write a WACZ file; return what it holds, having said what it does not."""
    from archive.packing import pack

    packed = pack(archive, db, selection, out)
    if packed.left_out.withheld:
        which = "that are withheld, or link to what is"
        click.echo(f"Left out: captures {which}: {packed.left_out.withheld:,}.", err=True)
    if packed.left_out.damaged:
        damaged = f"{packed.left_out.damaged:,}; `lamdong verify` names them"
        click.echo(f"Left out: damaged or missing parts of warc/: {damaged}.", err=True)
    return f"{packed.pages:,} pages, {packed.captures:,} captures"


def _selection(
    since: date | None,
    until: date | None,
    section: str | None,
    changed_since: str | None,
    versions: bool,
) -> export.Selection:
    require_order(since, until)
    moment = None
    if changed_since:
        try:
            stated = datetime.fromisoformat(changed_since)
        except ValueError as error:
            raise click.UsageError(
                f"--changed-since {changed_since!r} is no moment; write 2026-09-05T22:17:00Z."
            ) from error
        moment = (
            (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
        )
    return export.Selection(since, until, section, moment, versions)


@contextlib.contextmanager
def _opened(output: Path | None, *, is_text: bool = True) -> Iterator[Any]:
    """Give standard output, or a file that takes its name only when it is whole; for bytes unless `is_text`."""
    if output is None and not is_text:
        yield sys.stdout.buffer
        return
    if output is None:
        shown = data()
        if isinstance(shown, io.TextIOWrapper):
            shown.reconfigure(encoding="utf-8")  # whatever the terminal's own
        yield shown
        return
    is_place = output.exists() and not output.is_file()  # a pipe, a device: never replaced
    part = output if is_place else output.with_name(output.name + ".part")
    try:
        with part.open("w", encoding="utf-8") if is_text else part.open("wb") as out:
            yield out
        part.replace(output)
    except OSError as error:
        if not is_place:
            part.unlink(missing_ok=True)
        raise click.ClickException(
            f"{output}: {(error.strerror or str(error)).lower()}; choose another place with --output."
        ) from error


@cli.command()
@archive_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(archive: Path, as_json: bool) -> None:
    """Say how the archive is doing.

    \b
    Example:
      lamdong status --json
    """
    with reading(archive) as db:
        found = health.status(db, archive)
    ask_for_contact()
    click.echo(escaped_json(found, indent=2) if as_json else health.as_text(found, archive))
    sys.exit(3 if found["alarms"] else 0)


@cli.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@site_options
@click.pass_obj
def serve(
    opener: Opener,
    /,
    archive: Path,
    host: str,
    port: int,
    public_url: str | None,
    indexed: bool,
    **sql: bool,
) -> None:
    """Serve the reading site, the JSON API and Datasette.

    \b
    Example:
      lamdong serve --port 8001
    """
    from archive.web.serving import Offer, run

    run(archive, opener, host, port, Offer(indexed, sql_said(**sql), public_url))
