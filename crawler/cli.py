"""The `lamdong` command: the archive's commands, and those that fetch or read pages."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from archive.cli import cli
from archive.cli_boundary import archive_option
from archive.cli_keeping import backup_command, release, withhold
from archive.cli_period import period_options, require_order
from archive.cli_verify import verify_command
from archive.contact import ask_for_contact
from archive.searching import index_again, search_command
from crawler.cli_schedule import notify_option, schedule, start, watch
from crawler.newspapers import baolamdong as newspaper
from crawler.plan import Plan


def _open_to_note(archive: Path) -> Any:
    from crawler.opening import open_to_note

    return open_to_note(archive)


cli.context_settings["obj"] = _open_to_note  # what the archive's own commands open it with
for command in (search_command, withhold, release, backup_command, watch, start, schedule):
    cli.add_command(command)


@cli.command()
@archive_option
@click.argument("urls", nargs=-1, metavar="[URL]…")
@period_options
@click.option(
    "--section", "sections", multiple=True, help="Only this section, as in its address: kinh-te."
)
@click.option("--limit", type=click.IntRange(1), help="Stop after this many articles.")
@click.option(
    "--no-images",
    "pictures",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Leave pictures out.",
)
@click.option(
    "--from-cdx",
    "index",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take addresses from an index of captures, or from a list of addresses.",
)
@click.option("--oldest-first", is_flag=True, help="Begin with the oldest articles of the period.")
@notify_option
@click.option("--json", "as_json", is_flag=True, help="Print the run's counts as one JSON object.")
def crawl(
    archive: Path, urls: tuple[str, ...], notify: str | None, as_json: bool, **options: Any
) -> None:
    """Fetch the newest articles, those of a period, or the given ones.

    \b
    Example:
      lamdong crawl --since 2022-03-01 --until 2022-03-31
    """
    from crawler.notifying import words_of
    from crawler.running import run_crawl

    plan, told = _plan(urls, **options), words_of(notify) if notify is not None else None
    ask_for_contact()
    sys.exit(run_crawl(archive, plan, as_json=as_json, told=told))


def _plan(
    urls: tuple[str, ...],
    since: date | None,
    until: date | None,
    sections: tuple[str, ...],
    limit: int | None,
    pictures: bool,
    index: Path | None,
    oldest_first: bool,
) -> Plan:
    """Return the plan, or end with usage errors in one sentence."""
    require_order(since, until)
    if urls and (since or until or sections or index):
        raise click.UsageError("Give addresses, or a period or section to look for, not both.")
    if oldest_first and not (since or until or index):
        raise click.UsageError(
            "--oldest-first is for the past: give --since, --until or --from-cdx."
        )
    return Plan(
        since=since,
        until=until,
        sections=tuple(_section(name) for name in sections),
        given=_given(urls),
        indexed=_indexed(index) if index else (),
        limit=limit,
        pictures=pictures,
        oldest_first=oldest_first,
    )


def _indexed(index: Path) -> Any:
    """Return the article addresses of an index of captures."""
    from crawler.cdx import read_index

    if not index.is_file():
        raise click.ClickException(f"{index}: this is no regular file and was not opened.")
    try:
        addresses = read_index(index)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if addresses.passed_over:
        click.echo(
            f"{index}: {addresses.passed_over:,} lines are longer than any line of an index and were passed over.",
            err=True,
        )
    return addresses


def _section(name: str) -> str:
    path = newspaper.named_section(name)
    if path is None:
        raise click.UsageError(
            f"{name!r} is no section; write it as in its address, for instance kinh-te."
        )
    return path


def _given(urls: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the article addresses among those given; say which are none."""
    from crawler.discovery import found

    given = []
    for url in urls:
        one = found(url if "//" in url else f"https://{url}", None)
        if one is None:
            click.echo(
                f"{url}: no address of an article of {newspaper.ORIGIN}; left out.", err=True
            )
        else:
            given.append(one)
    if urls and not given:
        raise click.UsageError(
            "None of the addresses is one of an article; they look like https://baolamdong.vn/…-386954.html."
        )
    return tuple(given)


@cli.command()
@archive_option
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--index", is_flag=True, help="Make only the search index anew, from the database.")
def rebuild(archive: Path, dry_run: bool, index: bool) -> None:
    """Make the database anew from warc/ alone, as pages are read today; say what that changed.

    \b
    Example:
      lamdong rebuild --dry-run
    """
    from crawler.rebuilding import run_rebuild

    if index and dry_run:
        raise click.UsageError("--dry-run is for the whole database, not for --index.")
    if not (archive / "warc").is_dir():
        raise click.ClickException(
            f"{archive}: there is no folder warc/ to make a database from; name another archive with --archive."
        )
    if index:
        sys.exit(index_again(archive, _open_to_note))
    sys.exit(run_rebuild(archive, dry_run=dry_run))


@cli.command(name="import")
@archive_option
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--url", help="Where a saved page or text stood, or which article it is a copy of.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def import_command(archive: Path, files: tuple[Path, ...], url: str | None, as_json: bool) -> None:
    """Bring in what others kept: WARC, ARC and WACZ files, saved pages, republished texts. Makes no request.

    \b
    Example:
      lamdong import CC-NEWS-20220323.warc.gz crawl.wacz saved.mhtml copy.txt
    """
    from crawler.importing import run_import

    if url and len(files) > 1:
        raise click.UsageError("--url is of one file; give that alone.")
    sys.exit(run_import(archive, list(files), url, as_json=as_json))


@cli.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where to leave the archive; a temporary folder else.",
)
@click.option("--serve/--no-serve", default=False, help="Open the site with the result.")
def demo(folder: Path | None, serve: bool) -> None:
    """Do the whole job offline, against the sample newspaper that comes with the program.

    \b
    Example:
      lamdong demo --serve
    """
    from crawler.demonstration import show

    sys.exit(show(folder, serve=serve))


def _rebuild_all(archive: Path) -> int:
    from crawler.rebuilding import run_rebuild

    return run_rebuild(archive, dry_run=False)


def _verify_tools() -> Any:
    from crawler.verifying import tools

    return tools()


cli.add_command(verify_command(_verify_tools, _rebuild_all))


def main() -> None:
    """Run the command; an error the user can mend is one sentence, never a traceback."""
    cli(prog_name="lamdong")
