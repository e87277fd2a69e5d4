"""The commands of one who keeps an archive: withhold, release, backup."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from archive.backup import backup
from archive.cli import DAMAGED
from archive.cli_boundary import Sentence, archive_option
from archive.dates import now
from archive.store import Archive, Opener
from archive.store.holding import subject_of, withheld
from archive.store.index import is_stale
from archive.store.opening import DATABASE


@click.command()
@archive_option
@click.argument("subject", metavar="ID")
@click.option("--why", required=True, help="The reason, which everybody can read on the site.")
@click.pass_obj
def withhold(opener: Opener, archive: Path, subject: str, why: str) -> None:
    """Take an article out of site, feeds and exports without destroying its capture.

    ID is an article's, or names a picture: by its address, or as captures/NUMBER.

    \b
    Example:
      lamdong withhold 202203150001 --why "A court asks for it, 12/2026."
    """
    with _opened(archive, opener) as opened:
        if subject in {each for each, _, _ in withheld(opened.db)}:
            raise Sentence(
                f"{subject} is withheld already; `lamdong release` comes before another reason."
            )
        try:
            named = subject_of(opened.db, subject)
        except LookupError as error:
            raise Sentence(f"{subject}: the archive has no such article or picture.") from error
        opened.holding.withhold(named, why, now())
        opened.settle(at_once=True)
    click.echo(f"{named} is withheld; its captures are kept. `lamdong release` ends it.", err=True)
    sys.exit(opened.status)


@click.command()
@archive_option
@click.argument("subject", metavar="ID")
@click.pass_obj
def release(opener: Opener, archive: Path, subject: str) -> None:
    """Show again what was withheld, as it was and with what was learnt of it since.

    \b
    Example:
      lamdong release 202203150001
    """
    with _opened(archive, opener) as opened:
        try:
            named = subject_of(opened.db, subject)
        except LookupError:
            named = subject
        if named not in {each for each, _, _ in withheld(opened.db)}:
            raise Sentence(f"{subject} is not withheld.")
        opened.holding.release(named)
        opened.settle(at_once=True)
    click.echo(f"{named} is shown again.", err=True)
    sys.exit(opened.status)


@click.command(name="backup")
@archive_option
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def backup_command(archive: Path, target: Path) -> None:
    """Copy the archive as it is at this moment, also while a crawl runs; the next time only what is new.

    \b
    Example:
      lamdong backup /media/disk/lamdong-archive
    """
    done = backup(archive, target)
    for fault in done.faults:
        click.echo(fault)
    waiting = (
        f" {done.waiting} responses still get their rows from the next run." if done.waiting else ""
    )
    click.echo(
        f"{target}: database with {done.captures:,} captures, {done.files:,} WARC files copied"
        f" ({done.size / 2**20:,.1f} MB), {done.kept:,} there before; "
        + (f"{len(done.faults):,} faults found." if done.faults else "checked, sound.")
        + waiting,
        err=True,
    )
    sys.exit(DAMAGED if done.faults else 0)


@contextmanager
def _opened(folder: Path, opener: Opener) -> Iterator[Archive]:
    """An archive with all its rows, in a transaction of its own."""
    if not (folder / DATABASE).exists():
        raise Sentence(f"{folder}: there is no archive here; name another with --archive.")
    with opener(folder) as opened:
        if is_stale(opened.db):
            raise Sentence(
                f"{folder}: the search index is old; `lamdong rebuild --index` comes first."
            )
        opened.begin()
        yield opened
