"""Where every failure of a command becomes one sentence and an exit status: around all of them, and nowhere else.

Damaged rows make what reads them raise anything: text that is no UTF-8, JSON that is cut, a list where a number stood.
So whatever a command raises that has an archive is said of its database. `python -X dev -m crawler …` shows the
traceback instead.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from archive import standard_output, terminal
from archive.standard_output import OutputFailed, ReaderGone
from archive.store.damage import unreadable
from archive.store.opening import DATABASE, ArchiveError, Locked, explained

COULD_NOT: Final = 1
HELD: Final = 75  # another run holds the archive
READER_GONE: Final = 141  # what a shell gives for a command that SIGPIPE ended
_ARCHIVE: Final = (
    "lamdong.archive"  # under which click's context keeps the folder a command was given
)


class Sentence(click.ClickException):
    """One sentence for the user, and the exit status that goes with it."""

    def __init__(self, message: str, exit_code: int = COULD_NOT) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click declares it for the class


def sentence(error: Exception) -> Sentence:
    """Return an error as click prints it: one sentence, status 1; 75 where another run holds the archive."""
    return Sentence(str(error), HELD if isinstance(error, Locked) else COULD_NOT)


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the archive's folder."""
    return click.option(
        "--archive",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="LAMDONG_ARCHIVE",
        default="lamdong-archive",
        show_default=True,
        callback=_noted,
        help="Folder of the archive (or LAMDONG_ARCHIVE).",
    )(command)


def _noted(context: click.Context, _option: click.Parameter, folder: Path) -> Path:
    context.meta[_ARCHIVE] = folder
    return folder


class Commands(click.Group):
    """A group of commands whose failures are said in one sentence."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, whose `--help` is to end with its example."""
        _end_with_example(cmd)
        super().add_command(cmd, name)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the group itself."""
        _end_with_example(self)
        super().format_help(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, to the last byte of what it prints."""
        with _in_one_sentence(ctx.meta), _all_printed():
            return super().invoke(ctx)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command, or print what it needs no command for (`--help`)."""
        standard_output.prepare()
        terminal.guard()
        try:
            return super().main(*args, **kwargs)
        except ReaderGone:
            sys.exit(READER_GONE)
        except OutputFailed as error:
            sentence(error).show()
            sys.exit(COULD_NOT)


def _end_with_example(command: click.Command) -> None:
    """Move the example, which a docstring marks for click by \\b, behind the options."""
    about, mark, example = (command.help or "").partition("\b")
    if mark:
        command.help, command.epilog = about, mark + example


@contextmanager
def _in_one_sentence(meta: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, ReaderGone):
        raise
    except (ArchiveError, OutputFailed) as error:
        raise sentence(error) from error
    except Exception as error:
        said = _said(error, meta.get(_ARCHIVE))
        if said is None or sys.flags.dev_mode:
            raise
        raise said from error


def _said(error: Exception, folder: Path | None) -> Sentence | None:
    if isinstance(error, OSError):
        place = error.filename if isinstance(error.filename, str) else folder
        return Sentence(explained(error, Path(place))) if place else None
    if folder is None or not (folder / DATABASE).exists():
        return None
    return sentence(unreadable(error, folder / DATABASE))


@contextmanager
def _all_printed() -> Iterator[None]:
    try:
        yield
    finally:
        standard_output.finish()
