"""Replay: a viewer who comes late is sent the whole log."""

from collections.abc import Iterator, Mapping

from benchmarks.council_server import CouncilServer, council_server
from benchmarks.fake_model_server import fake_model_server, model
from benchmarks.measure import BenchmarkFailed, Case, load
from benchmarks.report import About, Column
from council import clock
from council.events import TokenStream, envelope_parts, join_envelope, session_channel
from council.store import channels
from council.store.engine import Store

EVENTS = 10_000
LATECOMERS = 20

ABOUT = About(
    title="Replay",
    text=(
        f"A finished meeting with {EVENTS:,} events in its log. A viewer connects with `since=0` and reads them all; "
        f"then {LATECOMERS} viewers do at once. Timed from the first connect to the last event; the rate counts "
        "every viewer's events."
    ),
    columns=(
        Column("events_per_second", "events/s"),
        Column("milliseconds", "ms to the last event", 1),
        Column("first_milliseconds", "ms to the first", 1),
        Column("lost", "lost"),
        Column("reordered", "reordered"),
    ),
    plots=(),
)


def cases(quick: bool) -> Iterator[Case]:
    yield Case(f"{EVENTS:,} events", "council", lambda: run(1))
    if not quick:
        yield Case(f"{EVENTS:,} events, {LATECOMERS} viewers at once", "council", lambda: run(LATECOMERS))


def run(viewers: int) -> Mapping[str, float]:
    with fake_model_server() as base_url, council_server(base_url) as server:
        session_id = server.start_session("council_debate", model(50))
        server.wait_completed(session_id)
        newest = fill(server, session_id)
        path = f"/api/v1/ws?session_id={session_id}&since=0"
        with load(server.port, [path], connections=viewers, expect=newest, seconds=60) as latecomers:
            seen = latecomers.answer()
    if seen["finished"] < viewers:
        raise BenchmarkFailed(f"{seen['frames']:,} of {newest * viewers:,} events came.")
    return {
        "events_per_second": newest * viewers / seen["seconds"],
        "milliseconds": seen["seconds"] * 1000,
        "first_milliseconds": seen["first_frame_us"] / 1000,
        "lost": seen["lost"],
        "reordered": seen["reordered"] + seen["repeated"],
    }


def fill(server: CouncilServer, session_id: str) -> int:
    """Appends token events to the meeting's log until it has ``EVENTS``; the newest number."""
    channel = session_channel(session_id)
    store = Store(f"sqlite:///{server.data_dir / 'council.db'}")
    with store.write() as connection:
        first = channels.lock_seqs(connection, [channel])[channel] + 1
        rows = [token_row(channel, session_id, seq) for seq in range(first, EVENTS + 1)]
        channels.append(connection, rows, {channel: EVENTS})
    store.close()
    return EVENTS


def token_row(channel: str, session_id: str, seq: int) -> dict[str, object]:
    at = clock.timestamp()
    token = TokenStream(
        node_id="affirmative",
        agent_id="value_defender",
        message_id=session_id,
        offset=seq,
        chunk="some words of an answer ",
        is_thinking=False,
    )
    envelope = join_envelope(envelope_parts(token, session_id), seq, at)
    return {
        "channel": channel,
        "seq": seq,
        "event": token.name,
        "node_id": token.node_id,
        "at": at,
        "envelope": envelope,
    }
