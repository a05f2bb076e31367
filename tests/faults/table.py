"""Every fault that is made on purpose: how it is made, which tests make it, and how often by default."""

from dataclasses import dataclass
from typing import Literal

Level = Literal[1, 2, 3, 4, 5]

LEVELS: dict[Level, str] = {
    1: "The protocol alone: no socket, no thread, no clock.",
    2: "Parts in one process, with chance or a crash between any two steps.",
    3: "Real sockets and a real database, in one process or against one server.",
    4: "Real processes that are killed, stopped, starved and cut off.",
    5: "The same behind a real nginx and a real Caddy.",
}

INVARIANTS = (
    "Every viewer has every event from the first to the newest, each once and in order.",
    "The pieces of every finished message, joined, are its text.",
    "The log has no gap, nothing follows its end, and a run that was overtaken writes nothing more; the rows are what "
    "the log says.",
    "A meeting whose process died is taken over within its lease and 2 s.",
    "Threads and descriptors are back where they were within 30 s.",
    "`/health` is answered while the fault lasts. Wanted: 99 of 100 within 200 ms; the times are written down here, "
    "and no test fails by them.",
    "Memory stays below 60 MB over the beginning, and 1.5 MB for each client.",
    "No traceback in the log, and each connection that is let go of is counted with its reason.",
    "Within 10 s after the fault nobody lags behind.",
    "Each command that carries an id has its effect once, however often it was sent.",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a test writes down with ``record_property``: its words, its unit, and what counts of many."""

    words: str
    unit: str = ""
    counts: Literal["most", "sum"] = "most"
    limit: str = ""


MEASURES = {
    "takeover_seconds": Measure("take-over after at most", "s", limit="lease of 1 s + 2 s"),
    "recovery_seconds": Measure("all are back after at most", "s"),
    "health_p99_milliseconds": Measure("p99 of `/health` at most", "ms", limit="200 ms"),
    "health_slowest_milliseconds": Measure("slowest `/health`", "ms"),
    "grown_megabytes": Measure("memory grew by at most", "MB"),
    "descriptors_left": Measure("descriptors left open, at most"),
    "kills": Measure("kills", counts="sum"),
    "cuts_and_stalls": Measure("cuts, resets and stalls", counts="sum"),
    "frames": Measure("frames", counts="sum"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``tests`` are pytest's node ids, without parameters; all of them together are one time."""

    name: str
    level: Level
    how: str
    tests: tuple[str, ...]
    times: int


def _of(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}::{name}" for name in names)


FAULTS = (
    Fault(
        "Octets that are no WebSocket",
        1,
        "Bytes made by chance, cut in pieces of any size, and every violation of RFC 6455, are fed to the protocol.",
        _of(
            "live/test_protocol.py",
            "test_violations", "test_nothing_after_a_violation", "test_bad_utf8",
            "test_close_codes_that_may_not", "test_too_large", "test_no_octets_break_the_reader",
        ),
        5,
    ),
    Fault(
        "Races between publishers, viewers and ends",
        2,
        "Publish, subscribe, lose, replay and leave are interleaved by chance and compared with a small model; "
        "threads switch every 10 µs.",
        ("tests/live/test_machine.py", "tests/live/test_races.py"),
        5,
    ),
    Fault(
        "A crash after any record",
        2,
        "The store refuses everything after a record drawn by lot; another process walks the meeting again. All "
        "built-in templates.",
        _of("engine/test_crash_anywhere.py", "test_a_crash_after_any_record"),
        1,
    ),
    Fault(
        "A model's server that is down, slow, overloaded, breaks off or talks rubbish",
        3,
        "A scripted model server closes its port, refuses the key, answers 429 and 503, hangs up in mid-sentence, or "
        "sends what is no JSON.",
        ("tests/faults/test_models.py",),
        2,
    ),
    Fault(
        "Ten thousand bad frames",
        3,
        "500 sockets send 20 wrong frames each: reserved bits and opcodes, no mask, long or cut control frames, bad "
        "UTF-8, lengths of 2^63, and cuts anywhere; one floods with pings and never reads.",
        ("tests/faults/test_bad_frames.py",),
        5,
    ),
    Fault(
        "Fuzzed commands and requests",
        3,
        "Hypothesis makes JSON that nobody thought of, damages its octets, and sends it over sockets and REST.",
        ("tests/web/test_fuzz.py",),
        2,
    ),
    Fault(
        "Requests made of the API's own description",
        3,
        "Schemathesis asks every operation what the description allows, and what it does not.",
        ("tests/web/test_schemathesis.py",),
        1,
    ),
    Fault(
        "Clients that never answer a close, never read, or never go",
        3,
        "50 sockets that are sent away and 50 HTTP clients that have their answer stay open; 20 viewers never read.",
        _of(
            "faults/test_stubborn_clients.py",
            "test_clients_that_never_answer_a_close", "test_http_clients_that_never_close",
            "test_a_client_that_never_reads_harms_nobody",
        ),
        5,
    ),
    Fault(
        "Slow handshakes",
        3,
        "40 connections send a part of a handshake and then nothing; there are 34 threads.",
        _of("faults/test_stubborn_clients.py", "test_half_sent_handshakes_do_not_starve_anybody"),
        2,
    ),
    Fault(
        "Sockets that come and go",
        3,
        "200 sockets end in order, by a reset, by rubbish or within a frame; 1,000 bad frames go to the product's own "
        "address.",
        _of(
            "faults/test_stubborn_clients.py",
            "test_sockets_that_come_and_go_leave_nothing_behind", "test_a_thousand_bad_frames",
        ),
        5,
    ),
    Fault(
        "No seat and no thread left",
        4,
        "All seats are taken, and half-sent handshakes hold every other thread.",
        _of("faults/test_exhaustion.py", "test_no_seat_and_no_thread_left"),
        3,
    ),
    Fault(
        "No descriptor left",
        4,
        "The server's limit of descriptors is set to six more than it has (`prlimit`), fewer than it keeps for its "
        "files, while 20 connections knock. A model call that begins meanwhile may fail as if the model's server "
        "were down; the test begins none.",
        _of("faults/test_exhaustion.py", "test_no_descriptor_left"),
        3,
    ),
    Fault(
        "A disk that is full",
        4,
        "The server's files may not grow (`prlimit`), its log included; and a file system of 6 MB is filled to its "
        "last byte, for longer than a lease as well.",
        ("tests/faults/test_disk.py",),
        2,
    ),
    Fault(
        "A database that is locked",
        4,
        "Another process holds SQLite's exclusive lock for 2 s.",
        ("tests/faults/test_database.py",),
        2,
    ),
    Fault(
        "A clock that is set",
        4,
        "The wall clock of one of two processes jumps an hour on or back while a meeting runs (a small library before "
        "the C library's).",
        _of("faults/test_clock.py", "test_a_clock_that_jumps"),
        2,
    ),
    Fault(
        "`kill -9` of the server",
        4,
        "Master and worker are killed in each turn, at random points and three times in the same step; the worker "
        "alone is killed.",
        ("tests/faults/test_crash.py",),
        2,
    ),
    Fault(
        "`kill -9` and stops while a person is waited for",
        4,
        "The server is killed, or stopped in order, before and just after the answer.",
        ("tests/faults/test_people.py",),
        2,
    ),
    Fault(
        "SIGTERM and SIGINT",
        4,
        "The server is ended in mid-sentence, through its master or as a terminal does it.",
        ("tests/faults/test_restart.py",),
        2,
    ),
    Fault(
        "A process that sleeps or dies beside another",
        4,
        "One of two processes on one database is stopped (SIGSTOP) for longer than its lease, for 1 s thrice, or "
        "killed; commands go to the one that does not run the meeting.",
        ("tests/faults/test_takeover.py",),
        2,
    ),
    Fault(
        "A network that cuts, resets, slices, delays and stalls",
        4,
        "20 viewers sit behind a proxy that does one of these every 20 ms; then all are cut at once and kept out.",
        ("tests/faults/test_network.py",),
        3,
    ),
    Fault(
        "All come back at once",
        4,
        "100, then 300 sockets connect in the same moment, and each reads over 300 events from the first.",
        ("tests/faults/test_herd.py",),
        3,
    ),
    Fault(
        "Restarts and half requests behind nginx and Caddy",
        5,
        "The server restarts behind the proxy of `deploy/`; clients send half a request, or make up their address.",
        _of(
            "deploy/test_proxies.py",
            "test_a_restart_is_told_through_the_proxy", "test_half_a_request_does_not_reach_council",
            "test_forwarded_headers_cannot_be_made_up",
        )
        + _of("deploy/test_nginx.py", "test_half_a_body_does_not_reach_council"),
        1,
    ),
)  # fmt: skip
