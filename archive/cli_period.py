"""The options `--since` and `--until`, the same in every command that takes a period."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from archive.spans import Span, named

_FORMS = "2022-03-31, 31/3/2022, 2022-03 or 2022"


def period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--since` and `--until`; the command is given days, or None."""
    first = click.option(
        "--since",
        type=_first,
        metavar="DAY",
        help=f"First day of publication, in Vietnam: {_FORMS}.",
    )
    last = click.option(
        "--until", type=_last, metavar="DAY", help="Last day of publication, in Vietnam."
    )
    return first(last(command))


def require_order(since: date | None, until: date | None) -> None:
    """Raise a usage error where a period ends before it begins."""
    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}.")


def _first(text: str) -> date:
    return _span(text).first


def _last(text: str) -> date:
    return _span(text).last


def _span(text: str) -> Span:
    try:
        return named(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write {_FORMS}.") from error
