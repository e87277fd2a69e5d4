"""What is true of one newspaper: hosts, address grammar, sections, feeds, sitemaps."""

from dataclasses import dataclass
from typing import Literal

Generation = Literal["numbered", "hexadecimal", "onecms"]


@dataclass(slots=True, frozen=True)
class Address:
    """An article address of the newspaper, understood.

    `key` identifies: two addresses with the same key are one. `url` is the canonical form of this address,
    `section` its path as the address spells it, `month` its YYYYMM where the address has one.
    """

    key: str
    url: str
    generation: Generation
    section: str | None = None
    month: str | None = None
