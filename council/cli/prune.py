"""``council prune``: shorter logs for meetings that were over long ago, and room on the disk."""

import shutil
from datetime import timedelta
from pathlib import Path

import click

from council import clock
from council.cli.clean import one_line
from council.cli.data import Meter, database_of, size, with_data
from council.cli.durations import seconds
from council.errors import Conflict
from council.settings import Settings
from council.store import copies, knowledge, pruning
from council.store.engine import Store
from council.store.migrations import HEAD
from council.store.pruning import Shortened

WORTH_BYTES = 5_000_000  # Less free room than this is not worth writing the file anew.


@click.command(short_help="Shorten the logs of old meetings.")
@click.option(
    "--older-than",
    type=seconds,
    metavar="TIME",
    default="30d",
    show_default=True,
    help="Ended longer ago than this.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option(
    "--keep-tokens",
    metavar="SESSION",
    multiple=True,
    help="Leave this meeting as it is, by its id or how that begins.",
)
@with_data
def prune(settings: Settings, *, older_than: float, dry_run: bool, keep_tokens: tuple[str, ...]) -> None:
    """Put the pieces of each message together in the logs of finished meetings.

    Words, votes, verdicts, usage, exports and reruns stay as they are. What is lost is the pace
    within a message when the meeting is played again. Also forgets what groups' working memory has
    let expire. Meetings that are not over are never touched. Council may run; a file is made
    smaller only when it does not, because nobody else could write meanwhile.

    \b
    Example:
      council prune --older-than 90d --dry-run
    """
    path = database_of(settings)
    _refuse_other_version(path)
    before = clock.timestamp(clock.now() - timedelta(seconds=older_than))
    store = Store(settings.database, synchronous=settings.database_synchronous)
    try:
        shortened = _all(store, before, keep_tokens, dry_run=dry_run)
        if not dry_run:
            with store.write() as connection:
                knowledge.sweep(connection, clock.timestamp())
    finally:
        store.close()
    _tell(shortened, dry_run=dry_run)
    if not dry_run:
        click.echo(_reclaim(path))


def _refuse_other_version(path: Path) -> None:
    """A server of another version may be running on it: nothing is brought to a newer version here."""
    version = copies.version_of(path)
    if version != HEAD:
        raise Conflict(
            f"The database has version {version}, and this is for {HEAD}.", hint="Start this Council once."
        )


def _all(store: Store, before: str, kept: tuple[str, ...], *, dry_run: bool) -> list[Shortened]:
    """One transaction for each meeting, so that nobody waits long."""
    with store.read() as connection:
        session_ids = pruning.candidates(connection, before, kept)
    meter = Meter("Reading" if dry_run else "Shortening")
    done = []
    for count, session_id in enumerate(session_ids, start=1):
        if dry_run:
            with store.read() as connection:
                done.append(pruning.survey(connection, session_id))
        else:
            with store.write() as connection:
                done.append(pruning.shorten(connection, session_id, before))
        meter(count, len(session_ids))
    return [each for each in done if each is not None]


def _tell(shortened: list[Shortened], *, dry_run: bool) -> None:
    for each in shortened:
        click.echo(f"{one_line(each.session_id)}: {each.events_before:,} events become {each.events_after:,}")
    saved = size(sum(each.characters_before - each.characters_after for each in shortened))
    would = "would be " if dry_run else ""
    meetings = "1 meeting" if len(shortened) == 1 else f"{len(shortened)} meetings"
    click.echo(f"{meetings} {would}shortened, by {saved}." if shortened else "There is nothing to shorten.")


def _reclaim(path: Path) -> str:
    """Give the disk back what is free inside the file, if that is possible now; what came of it."""
    free, whole = copies.free_bytes(path), path.stat().st_size
    shown = f"{size(free)} are free inside the database, and used before it grows."
    if free < WORTH_BYTES:
        return shown
    if copies.is_in_use(path):
        return f"{shown} To make the file smaller, stop Council and prune again."
    if shutil.disk_usage(path.parent).free < 2 * whole:
        return f"{shown} To make the file smaller, twice its size must be free on the disk."
    copies.vacuum(path)
    return f"The database has become {size(whole - path.stat().st_size)} smaller."
