"""Units of systemd and lines of cron that run the crawl: with the paths of this installation, ready to be used."""

import getpass
import os
import shlex
import sys
from binascii import crc32
from pathlib import Path
from typing import Final

import click

NAME: Final = "lamdong-crawl"

_HOUR, _DAY = 60, 24 * 60  # minutes
# A crawl at an operator's machine needs these to reach the newspaper as it does here. A password in a proxy's
# address would be readable for everybody in a unit, so such an address is left out.
_PASSED_ON: Final = (
    "LAMDONG_CONTACT",
    "LAMDONG_DELAY",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
_SERVICE: Final = """\
# {name}.service
[Unit]
Description=Newest articles into the archive {archive}
Wants=network-online.target
After=network-online.target
RequiresMountsFor={writable}

[Service]
Type=oneshot
User={user}
{environment}ExecStart={command}
# 3: done, an alarm is open (--notify tells of it, and lamdong status); 75: another run holds the archive.
SuccessExitStatus=3 75
TimeoutStartSec=12h
TimeoutStopSec=30s
Nice=10
MemoryMax=1G
TasksMax=64
# It writes nowhere but into the archive. A command of --notify lives within these bounds, too.
ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome=read-only
PrivateTmp=true
PrivateDevices=true
NoNewPrivileges=true
CapabilityBoundingSet=
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
LockPersonality=true
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0022
"""
_TIMER: Final = """\
# {name}.timer
[Unit]
Description=Every {every} minutes: newest articles into the archive {archive}

[Timer]
OnCalendar={calendar}
# What was missed while the machine was off is made up for at once; many archives do not ask at the same second.
Persistent=true
RandomizedDelaySec={jitter}

[Install]
WantedBy=timers.target
"""
# Nothing is mailed but what --notify says, once for each alarm, and why a run failed.
_CRON: Final = (
    "{when} {{ said=$({command} 2>&1 >&3); }} 3>&1; s=$?;"
    ' case $s in 0|3|75) ;; *) echo "$said"; exit $s ;; esac'
)


def units(archive: Path, every: float, notify: str | None) -> dict[str, str]:
    """Return the service and its timer by file name; `every` is in seconds. Raises click.UsageError as `minutes`."""
    span, archive = minutes(every), archive.absolute()
    environment = "".join(
        f"Environment={_quoted(f'{name}={os.environ[name]}')}\n"
        for name in _PASSED_ON
        if os.environ.get(name) and "@" not in os.environ[name].partition("//")[2].partition("/")[0]
    )
    service = _SERVICE.format(
        name=NAME,
        archive=_specifiers(str(archive)),
        user=os.environ.get("SUDO_USER") or getpass.getuser(),
        environment=environment,
        command=" ".join(_quoted(word).replace("$", "$$") for word in command(archive, notify)),
        writable=_quoted(str(archive)),
    )
    timer = _TIMER.format(
        name=NAME,
        every=span,
        archive=_specifiers(str(archive)),
        calendar=_calendar(span),
        jitter=f"{span * 6}s",  # a tenth of the interval
    )
    return {f"{NAME}.service": service, f"{NAME}.timer": timer}


def cron_line(archive: Path, every: float, notify: str | None) -> str:
    """Return a line for crontab(5); `every` is in seconds. Raises click.UsageError as `minutes`."""
    span, archive = minutes(every), archive.absolute()
    # Each archive at minutes of its own: the newspaper is not asked by all at the full hour.
    offset = crc32(str(archive).encode()) % min(span, _HOUR)
    hours = "0" if span == _DAY else f"*/{span // _HOUR}"
    when = f"{offset}-59/{span} * * * *" if span < _HOUR else f"{offset} {hours} * * *"
    words = shlex.join(command(archive, notify or "cat"))
    return _CRON.format(when=when, command=words).replace("%", r"\%") + "\n"


def minutes(every: float) -> int:
    """Return the minutes between two runs. Raises click.UsageError where clocks cannot keep such a pace."""
    span = int(every // 60)
    divides = (
        span and every % 60 == 0 and (_HOUR % span == 0 or (span % _HOUR == 0 and _DAY % span == 0))
    )
    if not divides:
        raise click.UsageError("--every must divide an hour or a day: 10m, 30m, 1h, 6h.")
    return span


def command(archive: Path, notify: str | None) -> list[str]:
    """Return what crawls into that archive, with absolute paths."""
    installed = Path(sys.executable).parent / "lamdong"
    program = [str(installed)] if installed.exists() else [sys.executable, "-m", "crawler"]
    return [*program, "crawl", "--archive", str(archive), *(["--notify", notify] if notify else [])]


def _calendar(span: int) -> str:
    """The moments of a timer as systemd.time(7) writes them."""
    if span == _DAY:
        return "0:00"
    return f"*:0/{span}" if span < _HOUR else f"0/{span // _HOUR}:00"


def _specifiers(text: str) -> str:
    """Text as it stands in a unit: a percent sign would begin a specifier."""
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word as systemd.syntax(7) reads it, in commands and elsewhere."""
    if word.isascii() and all(sign.isalnum() or sign in "/._-=:,+@" for sign in word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_specifiers(escaped)}"'
