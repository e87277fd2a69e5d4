"""The options of the commands that serve the site: what the public may do, and where it finds it."""

from collections.abc import Callable
from typing import Any, Final

import click

_OPTIONS: Final = (
    click.option(
        "--public-url",
        metavar="URL",
        envvar="LAMDONG_PUBLIC_URL",
        help="Where readers find the site, for instance https://example.org/news/ (or LAMDONG_PUBLIC_URL).",
    ),
    click.option(
        "--indexed",
        is_flag=True,
        envvar="LAMDONG_INDEXED",
        help="Let search engines list the pages (or LAMDONG_INDEXED=1).",
    ),
    click.option(
        "--sql",
        is_flag=True,
        envvar="LAMDONG_SQL",
        help="Let anyone ask in SQL; unasked only on this machine, without a public address (or LAMDONG_SQL=1).",
    ),
    click.option(
        "--no-sql",
        is_flag=True,
        envvar="LAMDONG_NO_SQL",
        help="Let nobody ask in SQL of their own (or LAMDONG_NO_SQL=1).",
    ),
)


def site_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `public_url`, `indexed`, `sql` and `no_sql`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def sql_said(*, sql: bool, no_sql: bool) -> bool | None:
    """Return whether SQL is open, or None where nothing was said of it; what shuts it wins."""
    return False if no_sql else sql or None


def said_again(**said: Any) -> list[str]:
    """Return them as the arguments of another process."""
    flags = [f"--{name.replace('_', '-')}" for name, value in said.items() if value is True]
    return [*flags, *(["--public-url", said["public_url"]] if said["public_url"] else [])]
