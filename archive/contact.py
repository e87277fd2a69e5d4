"""Whom the newspaper can write to about the requests of this archive."""

import os
from typing import Final

import click

NAME: Final = "LAMDONG_CONTACT"
_LONGEST: Final = 200  # characters


def contact() -> str | None:
    """Return the operator's contact, an address with `http` or `@`; None where none fit to be sent is given."""
    given = " ".join(os.environ.get(NAME, "").split())
    is_address = "@" in given or "http" in given.lower()
    is_plain = given.isascii() and given.isprintable() and len(given) <= _LONGEST
    # A browser's name is no contact: this program imitates nobody.
    return given if is_address and is_plain and "mozilla" not in given.lower() else None


def ask_for_contact() -> None:
    """Ask the operator for a contact in one line on standard error, where none is given."""
    if contact() is None:
        click.echo(
            f"No contact is given: set {NAME} to your e-mail or web address, so that the newspaper can write to you.",
            err=True,
        )
