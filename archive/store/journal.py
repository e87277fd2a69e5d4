"""The journal: what each transaction did, in order, as metadata records of the WARC; and how it is done again.

Its acts are calls of the few methods marked with `act`, with their arguments; calls within a call follow from it.
Looks are noted by the books themselves (`archive.store.books`), for of what was read only the place is noted.
A record is appended before its transaction is committed, so a crash leaves none without one; the setting `journal`
says up to which record the tables have it.
"""

import inspect
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from types import NoneType
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from archive.dates import timestamp
from archive.model import Place
from archive.warc import WarcFolder

P = ParamSpec("P")
R = TypeVar("R")
Owner = TypeVar("Owner")
Act = list[Any]  # the name of an act, then its arguments

ACTS: Final[
    dict[str, Callable[..., Any]]
] = {}  # by the names they have in every journal written so far
_AT_ONCE: Final = 2000  # acts of one record: an index of captures may bring a million addresses


class Journal:
    """The acts of the open transaction. Where `is_silent`, nothing is noted: what is done is in the journal already."""

    def __init__(self, *, is_silent: bool = False) -> None:
        self.acts: list[Act] = []
        self.is_silent = is_silent

    @contextmanager
    def acting(self) -> Iterator[list[Act]]:
        """Note nothing of what is done within; what is put into the list given is noted then."""
        noted: list[Act] = []
        if self.is_silent:
            yield noted
            return
        self.is_silent = True
        try:
            yield noted
        finally:
            self.is_silent = False
        self.acts += noted

    def write(self, warc: WarcFolder, run_id: int | None, at: datetime) -> Place | None:
        """Append what was noted; return the place of the last record, None where nothing was."""
        place, acts = None, self.acts
        for begin in range(0, len(acts), _AT_ONCE):
            facts = {"acts": acts[begin : begin + _AT_ONCE], "run": run_id}
            place = warc.append_metadata(facts, url=None, at=at)
        self.acts = []
        return place


class Connection(sqlite3.Connection):
    """A connection to the archive's database, with the journal of its transactions."""

    journal = Journal(is_silent=True)


def act(
    name: str,
) -> Callable[[Callable[Concatenate[Owner, P], R]], Callable[Concatenate[Owner, P], R]]:
    """Mark a method as an act. It is noted where it changed rows; its owner has the connection as `_db`, or is it."""

    def mark(method: Callable[Concatenate[Owner, P], R]) -> Callable[Concatenate[Owner, P], R]:
        ACTS[name] = method

        @wraps(method)
        def noted(owner: Owner, /, *args: P.args, **kwargs: P.kwargs) -> R:
            db = owner if isinstance(owner, sqlite3.Connection) else owner._db  # type: ignore[attr-defined]
            journal = db.journal if isinstance(db, Connection) else Connection.journal
            if not (journal.is_silent or db.in_transaction):
                db.execute(
                    "BEGIN IMMEDIATE"
                )  # by itself it would be committed before it is in the journal
            before = db.total_changes
            with journal.acting() as acts:
                result = method(owner, *args, **kwargs)
                if not kwargs and db.total_changes > before:
                    acts.append([name, *map(plain, args)])
            return result

        return noted

    return mark


def again(owner: Any, noted: Act) -> None:
    """Do a noted act again. Raises ValueError where it is none that `owner` can do."""
    name, *values = noted
    method = ACTS.get(name)
    if method is None:
        raise ValueError(f"no act is called {name!r}")
    hints = _hints(method)
    if len(values) > len(hints):
        raise ValueError(f"{name!r} was noted with {len(values)} values")
    method(owner, *map(restored, hints, values))


@lru_cache
def _hints(method: Callable[..., Any]) -> tuple[Any, ...]:
    """The types of a method's arguments, without its owner."""
    hints = get_type_hints(method)
    return tuple(hints[name] for name in list(inspect.signature(method).parameters)[1:])


@lru_cache
def _fields(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    return get_type_hints(kind)


def plain(value: Any) -> Any:
    """Return a value as JSON has it; of a dataclass only what is not as by default."""
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        said = {each.name: getattr(value, each.name) for each in fields(value)}
        return {n: plain(v) for n, v in said.items() if v != _default(type(value), n)}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value


def _default(kind: Any, name: str) -> Any:
    return next((each.default for each in fields(kind) if each.name == name), MISSING)


def restored(hint: Any, value: Any) -> Any:
    """Return what `plain` was given, by its type."""
    origin, inner = get_origin(hint), [each for each in get_args(hint) if each is not NoneType]
    if value is None or hint in (str, int, bool, float, Any):
        return value
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = _fields(hint)
        return hint(**{name: restored(hints[name], each) for name, each in value.items()})
    if origin is tuple and Ellipsis not in inner:
        return tuple(map(restored, inner, value))
    if isinstance(origin, type) and issubclass(origin, Iterable) and not issubclass(origin, dict):
        return [restored(inner[0], each) for each in value]
    is_optional = len(inner) == 1 and NoneType in get_args(hint)
    return restored(inner[0], value) if is_optional else value
