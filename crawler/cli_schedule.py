"""The commands that crawl on schedule: watch, start, schedule."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from archive.cli_boundary import archive_option
from archive.cli_site import said_again, site_options


def notify_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the command which is told of alarms."""
    return click.option(
        "--notify",
        metavar="COMMAND",
        help="Run this once for each alarm, with the alarm as JSON on its input; no shell is involved.",
    )(command)


def _every_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--every",
        default="30m",
        show_default=True,
        help="Pause between the starts of two runs: 90s, 30m, 2h.",
    )(command)


@click.command()
@archive_option
@_every_option
@notify_option
def watch(archive: Path, every: str, notify: str | None) -> None:
    """Crawl the newest articles again and again, until Ctrl-C; while the newspaper refuses, less often.

    \b
    Example:
      lamdong watch --every 30m --notify "mail -s lamdong me@example.org"
    """
    from crawler.notifying import words_of
    from crawler.supervising import seconds, watch_for_ever

    if notify is not None:
        words_of(notify)
    sys.exit(watch_for_ever(archive, seconds(every), notify))


@click.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@site_options
@_every_option
@notify_option
def start(archive: Path, host: str, port: int, every: str, notify: str | None, **site: Any) -> None:
    """Serve the archive at once and, beside it, crawl now and on schedule, until Ctrl-C.

    \b
    Example:
      lamdong start --port 8001
    """
    from crawler.notifying import words_of
    from crawler.supervising import seconds, start_all

    if notify is not None:
        words_of(notify)
    serving = ["--host", host, "--port", f"{port}", *said_again(**site)]
    sys.exit(start_all(archive, serving, seconds(every), notify))


@click.command()
@archive_option
@click.option("--systemd", "form", flag_value="systemd", help="A service and its timer.")
@click.option("--cron", "form", flag_value="cron", help="A line for crontab.")
@_every_option
@notify_option
@click.option(
    "--output",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Write the units into this folder, for instance /etc/systemd/system.",
)
def schedule(
    archive: Path, form: str | None, every: str, notify: str | None, output: Path | None
) -> None:
    """Print what systemd or cron needs to crawl on schedule, with the paths of this installation.

    \b
    Example:
      lamdong schedule --systemd --every 30m
    """
    from crawler.notifying import words_of
    from crawler.scheduling import NAME, cron_line, units
    from crawler.supervising import seconds

    if form is None:
        raise click.UsageError("say for what: --systemd or --cron.")
    if notify is not None:
        words_of(notify)
    if not archive.exists():
        click.echo(f"{archive}: there is no archive yet; begin it with `lamdong crawl`.", err=True)
    if form == "cron":
        click.echo(cron_line(archive, seconds(every), notify), nl=False)
        click.echo("Add this line with `crontab -e`.", err=True)
        return
    files = units(archive, seconds(every), notify)
    if output is None:
        click.echo("\n".join(files.values()), nl=False)
        click.echo("Write them with --output /etc/systemd/system, as root.", err=True)
    else:
        _write(files, output)
    click.echo(f"Then: systemctl daemon-reload && systemctl enable --now {NAME}.timer", err=True)


def _write(files: dict[str, str], output: Path) -> None:
    try:
        for name, text in files.items():
            (output / name).write_text(text, "utf-8")
    except OSError as error:
        raise click.ClickException(
            f"{output}: {(error.strerror or str(error)).lower()}; choose another folder with --output."
        ) from error
