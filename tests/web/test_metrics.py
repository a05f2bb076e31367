"""/metrics: what the parts have counted, as Prometheus reads it."""

import os
import platform
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from council.live.hub import Hub
from council.meters import Distribution
from council.parts import Parts
from council.settings import SettingsError, load_settings
from council.web.measures import METRICS, Measures
from council.web.metrics_token import opens_metrics
from council.web.requests import Requests
from tests.live import raw_client
from tests.support import http
from tests.support.model_server import ScriptedModelServer
from tests.support.server import Server
from tests.support.viewer import Socket
from tests.support.waiting import wait_until
from tests.web.conftest import client_of, start, wait_for_status

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
TOKEN = "scraper-0123456789"


def read_samples(text: str) -> Samples:
    """Every sample of a scrape, by its name and its labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(sorted(labels.items()))]


def scrape(api: FlaskClient) -> Samples:
    answer = api.get("/metrics")
    assert answer.status_code == 200, answer.text
    return read_samples(answer.text)


def test_every_metric_is_there_from_the_start(api: FlaskClient) -> None:
    """Each with its type and its help, and no other; names and labels follow Prometheus' conventions."""
    answer = api.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["Cache-Control"] == "no-store"
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {name: family.type for name, family in families.items()} == {
        name: about.kind for name, about in METRICS.items()
    }
    assert [name for name, about in METRICS.items() if families[name].documentation != about.help] == []
    assert [name for name in METRICS if not re.fullmatch(r"council(_[a-z]+)+", name)] == []


def test_a_meeting_is_counted(api: FlaskClient, finished: str) -> None:
    """Its calls with their tokens and times, its turns and lease, what was stored and how fast."""
    seq = api_seq(api, finished)
    wait_until(lambda: is_all_shown(scrape(api), seq), what="the count of what was stored and shown")
    samples = scrape(api)
    calls = value(samples, "council_model_calls_total", provider="endpoint", outcome="stop")
    assert calls > 2
    assert value(samples, "council_model_input_tokens_total", provider="endpoint") == 11 * calls
    assert value(samples, "council_model_output_tokens_total", provider="endpoint") == 7 * calls
    assert value(samples, "council_model_first_token_seconds_count", provider="endpoint") == calls
    assert value(samples, "council_model_call_seconds_sum", provider="endpoint") > 0
    assert value(samples, "council_model_calls_open", provider="endpoint") == 0
    assert value(samples, "council_sessions", status="completed") == 1
    assert value(samples, "council_sessions", status="running") == 0
    for turn in ("created", "started", "completed"):
        assert value(samples, "council_session_turns_total", turn=turn) == 1
    assert value(samples, "council_leases_taken_total") == 1
    assert value(samples, "council_leases_taken_over_total") == 0
    stored = value(samples, "council_journal_batch_events_sum")
    assert stored == value(samples, "council_broadcast_batch_events_sum") == api_seq(api, finished)
    for name in ("commit", "stored", "shown"):
        commits = value(samples, f"council_journal_{name}_seconds_count")
        assert 0 < commits == value(samples, "council_journal_batch_events_count")
    assert value(samples, "council_database_up") == 1


def is_all_shown(samples: Samples, seq: int) -> bool:
    """The journal counts after it has stored: a moment after a meeting can be read as completed."""
    names = ("council_journal_batch_events_sum", "council_broadcast_batch_events_sum")
    counts = {
        value(samples, f"council_journal_{name}_seconds_count") for name in ("commit", "stored", "shown")
    }
    counts.add(value(samples, "council_journal_batch_events_count"))
    return all(value(samples, name) == seq for name in names) and len(counts) == 1


def api_seq(api: FlaskClient, session_id: str) -> int:
    seq: int = api.get(f"/api/v1/sessions/{session_id}").get_json()["seq"]
    return seq


def test_a_call_without_a_known_price_is_counted(api: FlaskClient, finished: str) -> None:
    """Its cost is not taken for nothing: it is counted apart."""
    samples = scrape(api)
    calls = value(samples, "council_model_calls_total", provider="endpoint", outcome="stop")
    unpriced = value(samples, "council_model_unpriced_calls_total", provider="endpoint")
    cost = value(samples, "council_model_cost_usd_total", provider="endpoint")
    assert (unpriced, cost) in [(calls, 0.0), (0.0, 0.0)]


def test_a_failed_call_is_counted_by_its_code(
    build: Callable[..., Parts], model: ScriptedModelServer
) -> None:
    """The outcome is the code of the error, of which there are only so many."""
    api = client_of(build(engine={"retries": 0}))
    for _ in range(9):
        model.fail(401, {"error": {"message": "no such key"}})
    session_id = start(api)
    wait_for_status(api, session_id, "failed")
    found = {dict(labels)["outcome"] for name, labels in scrape(api) if name == "council_model_calls_total"}
    assert found == {"model_refused"}


def test_a_socket_is_counted(api: FlaskClient, port: int, finished: str) -> None:
    """While it is open, and by code and reason when it has ended; its frames and bytes stay in the sums."""
    with Socket(port, session_id=finished) as socket:
        socket.until_event("execution:completed")
        socket.ask("ping")
        during = scrape(api)
        socket.send_octets(raw_client.close(1000))
        socket.until_closed()
    assert value(during, "council_connections", kind="socket") == 1
    wait_until(lambda: value(scrape(api), "council_connections", kind="socket") == 0, what="the socket's end")
    after = scrape(api)
    assert value(after, "council_connections_opened_total", kind="socket") == 1
    assert value(after, "council_connections_closed_total", kind="socket", code="1000", reason="closed") == 1
    frames = value(during, "council_sent_frames_total", kind="socket")
    assert frames == api_seq(api, finished) + 2  # The hello and the pong.
    assert value(after, "council_sent_frames_total", kind="socket") == frames
    sent = value(during, "council_sent_bytes_total", kind="socket")
    assert value(after, "council_sent_bytes_total", kind="socket") >= sent > frames * 20


def test_a_cut_connection_has_1006(api: FlaskClient, council: Parts, port: int, finished: str) -> None:
    """A peer that goes without a close frame, and a code that a peer made up, have labels of their own."""
    with Socket(port, session_id=finished) as socket:
        socket.receive()
        socket.abandon()
    with Socket(port, session_id=finished) as socket:
        socket.receive()
        socket.send_octets(raw_client.close(3456))
        socket.until_closed()
    wait_until(lambda: council.hub.count == 0, what="the end of both")
    samples = scrape(api)
    codes = {dict(labels)["code"] for name, labels in samples if name == "council_connections_closed_total"}
    assert codes == {"1006", "other"}


def test_requests_are_counted_by_route(api: FlaskClient, finished: str) -> None:
    """By the route's template, never by the address: there are only so many routes. Nor is any id a label."""
    api.get("/api/v1/nowhere")
    api.open("/health", method="BREW")
    answer = api.get("/metrics")
    samples = read_samples(answer.text)
    route = "/api/v1/sessions/<session_id>"
    assert value(samples, "council_http_requests_total", method="GET", route=route, status="200") >= 1
    assert value(samples, "council_http_request_seconds_count", method="GET", route=route) >= 1
    assert value(samples, "council_http_requests_total", method="GET", route="none", status="404") == 1
    assert value(samples, "council_http_requests_total", method="OTHER", route="none", status="405") == 1
    assert finished not in answer.text
    assert "nowhere" not in answer.text


def test_a_database_that_is_away(council: Parts) -> None:
    """The numbers of the process are told all the same, and that the database did not answer."""
    measures = Measures(council, Requests(), "0.0.0")
    council._warm_up.join()  # It reads the database, and would make a new one where there is none.
    council.store._engine.dispose()
    database = Path(council.store.url.database or "")
    database.rename(database.with_suffix(".away"))
    database.mkdir()
    away = {family.name: family.samples for family in measures.collect()}
    database.rmdir()
    database.with_suffix(".away").rename(database)
    assert [sample.value for sample in away["council_database_up"]] == [0]
    assert away["council_sessions"] == []
    assert away["council_process_threads"][0].value > 0


@pytest.mark.parametrize(
    ("header", "opens"),
    [(f"Bearer {TOKEN}", True), (f"bearer  {TOKEN} ", True), ("", False), (TOKEN, False), ("Bearer ", False),
     (f"Bearer {TOKEN}x", False), (f"Basic {TOKEN}", False), ("Bearer ünï", False)],
)  # fmt: skip
def test_the_scrapers_token(build: Callable[..., Parts], header: str, opens: bool) -> None:
    """COUNCIL_METRICS_TOKEN as a bearer token, and nothing that is like it."""
    app = build(metrics_token=TOKEN).app  # type: ignore[attr-defined]
    headers = {"Authorization": header} if header else {}
    with app.test_request_context("/metrics", headers=headers):
        assert opens_metrics() is opens


def test_without_a_scrapers_token_nothing_opens(council: Parts) -> None:
    """An empty bearer is not the token that nobody has set."""
    for header in ("Bearer ", "Bearer None"):
        with council.app.test_request_context("/metrics", headers={"Authorization": header}):  # type: ignore[attr-defined]
            assert not opens_metrics()


def test_a_scrapers_token_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is empty, or could be guessed, stops the start."""
    for short in ("", "secret"):
        monkeypatch.setenv("COUNCIL_METRICS_TOKEN", short)
        with pytest.raises(SettingsError, match="COUNCIL_METRICS_TOKEN"):
            load_settings()


# Several processes


def test_the_numbers_of_all_workers(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With PROMETHEUS_MULTIPROC_DIR any worker tells the sum; of one that has died its counts stay, its gauges go."""
    folder = tmp_path / "metrics"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers=2")
    server = serve()

    def workers() -> set[str]:
        return {path.stem.rpartition("_")[2] for path in folder.glob("gauge_livesum_*.db")}

    def told() -> Samples:
        return read_samples(http.get(f"{server.url}/metrics").text)

    def healthy() -> float:
        return value(told(), "council_http_requests_total", method="GET", route="/health", status="200")

    wait_until(lambda: len(workers()) == 2, what="the numbers of both")
    for _ in range(20):  # Each on a connection of its own: whichever worker is quicker takes it.
        http.get(f"{server.url}/health")
    wait_until(lambda: healthy() == 20, what="all requests in the sum")
    assert value(told(), "council_build_info", version="0.1.0", python=platform.python_version()) == 1
    victim = sorted(workers())[0]
    os.kill(int(victim), signal.SIGKILL)
    wait_until(lambda: victim not in workers(), what="the end of its gauges")
    assert healthy() == 20


# What it costs


def test_counting_is_plain() -> None:
    """A range takes each value once, at its bound or below; what is above all of them is in the last."""
    spread = Distribution((1, 2, 4))
    for number in (0.5, 1, 1.5, 4, 5, 100):
        spread.observe(number)
    assert spread.cumulative() == [("1.0", 2.0), ("2.0", 3.0), ("4.0", 4.0), ("+Inf", 6.0)]
    assert (spread.count, spread.total) == (6, 112.0)


def test_who_listens_is_asked_without_the_hubs_lock(council: Parts, port: int) -> None:
    """A scrape looks into each client's queue; publishers are not held up meanwhile."""
    hub: Hub = council.hub
    with Socket(port) as socket:
        socket.receive()
        [present] = hub.audience().present
    assert present.kind == "socket"
    assert (present.queued, present.lag) == (0, 0)
