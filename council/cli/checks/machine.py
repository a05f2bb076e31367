"""The machine: Python, its clock, its limits, and what is installed."""

import resource
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from council import clock
from council.cli.checks.finding import Finding, fault, ok, warning
from council.settings import Settings

OLDEST = (3, 11)
_EXTRAS = {"docx": "Word", "fpdf": "PDF"}
_SPARE_DESCRIPTORS = 100  # For the database, models, logs and static files.


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    shown = ".".join(str(part) for part in version)
    if version < OLDEST:
        return fault(
            "python", f"This is Python {shown}.", "Council needs 3.11 or newer: PYTHON=python3.11 make setup."
        )
    return ok("python", f"Python {shown}.")


def time(now: datetime | None = None) -> Finding:
    """A clock that stands before this code was installed is wrong; one in the far future is, too."""
    now = now or clock.now()
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    shown = clock.timestamp(now)
    if now < installed:
        return fault(
            "clock",
            f"It says {shown}, which is before this Council was installed.",
            "Set the clock, with NTP.",
        )
    if now.year > installed.year + 20:
        return warning("clock", f"It says {shown}.", "Set the clock, with NTP, if that is not today.")
    return ok("clock", f"It says {shown}.")


def descriptors(settings: Settings, limits: tuple[int, int] | None = None) -> Finding:
    """Each client takes two file descriptors: its connection, and what wakes its thread."""
    soft, hard = limits or resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * settings.max_clients + _SPARE_DESCRIPTORS
    shown = f"{soft:,} files may be open; {settings.max_clients:,} clients take up to {wanted:,}."
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return ok("open files", shown if soft != resource.RLIM_INFINITY else "No limit.")
    enough_if_raised = hard == resource.RLIM_INFINITY or hard >= wanted
    how = f"ulimit -n {wanted} before the start" if enough_if_raised else "raise LimitNOFILE of the service"
    todo = f"{how[0].upper()}{how[1:]}, or lower COUNCIL_MAX_CLIENTS to {max(1, (soft - _SPARE_DESCRIPTORS) // 2)}."
    if soft < settings.max_clients + _SPARE_DESCRIPTORS:
        return fault("open files", shown, todo)
    return warning("open files", shown, todo)


def extras() -> Finding:
    absent = [name for package, name in _EXTRAS.items() if find_spec(package) is None]
    if absent:
        how = "For these: pip install -r requirements-export.txt."
        return ok("exports", f"Markdown, HTML and JSON; {' and '.join(absent)} would need packages.", how)
    return ok("exports", "Markdown, HTML, JSON, Word and PDF.")
