"""Nodes: what a step without a model costs, a graph's validation, and meetings that wait for people."""

import time
from collections.abc import Iterator, Mapping

from benchmarks.council_app import CHAIN_ID, CHAIN_STEPS, WAITING_ID, chain
from benchmarks.council_server import CouncilServer, council_server
from benchmarks.measure import PEERS_PYTHON, SERVER_CORE, Case, program, resident_mb, wait_until
from benchmarks.report import About, Column

MEETINGS = 5
WAITING = 200
POOL = 100  # Meetings that may run at once: their threads are kept for the next ones.
VALIDATIONS = 20
STEPS = "300 steps in a chain"
VALIDATION = "a graph of 302 nodes is validated"
PATIENCE = "200 meetings wait for a person"

ABOUT = About(
    title="Nodes",
    text=(
        "A chain of 300 steps that say nothing, held five times: what is left is the engine's own cost for a node. "
        "`council` stores each step with its events in SQLite before the next begins; the peer keeps its checkpoints "
        "in memory. Validation is `POST /templates/validate`, HTTP included. Waiting meetings have asked a person who "
        "does not come: the threads and the memory are what they add to a server that has held as many meetings "
        "as may run at once."
    ),
    columns=(
        Column("cpu_ms_per_node", "CPU ms per node", 3),
        Column("ms_per_node", "ms per node", 2),
        Column("validation_ms", "validation ms", 1),
        Column("threads", "threads added", 0),
        Column("kb_each", "KB each", 0),
    ),
    plots=(),
)


def cases(quick: bool) -> Iterator[Case]:
    yield Case(STEPS, "council", hold_chains)
    yield Case(STEPS, "LangGraph, checkpoints in memory", peer_chains)
    yield Case(VALIDATION, "council", validate)
    if not quick:
        yield Case(PATIENCE, "council", wait_for_people)


def hold_chains() -> Mapping[str, float]:
    with council_server() as server:
        hold(server)
        cpu, began = server.cpu_seconds(), time.monotonic()
        for _ in range(MEETINGS):
            hold(server)
        return per_node(server.cpu_seconds() - cpu, time.monotonic() - began)


def hold(server: CouncilServer) -> None:
    server.wait_completed(server.start_session(CHAIN_ID, "nothing"))


def peer_chains() -> Mapping[str, float]:
    command = [PEERS_PYTHON, "-m", "benchmarks.peers.langgraph_chain"]
    with program(command, SERVER_CORE, env={"BENCH_PLAN": f"{CHAIN_STEPS}x{MEETINGS}"}) as peer:
        peer.answer()
        peer.tell("go")
        taken = peer.answer()
        return per_node(taken["cpu_seconds"], taken["seconds"])


def per_node(cpu_seconds: float, seconds: float) -> Mapping[str, float]:
    nodes = MEETINGS * CHAIN_STEPS
    return {"cpu_ms_per_node": cpu_seconds * 1000 / nodes, "ms_per_node": seconds * 1000 / nodes}


def validate() -> Mapping[str, float]:
    body = {"graph": chain()["graph"]}
    with council_server() as server:
        server.request("POST", "/api/v1/templates/validate", body)
        began = time.monotonic()
        for _ in range(VALIDATIONS):
            server.request("POST", "/api/v1/templates/validate", body)
        return {"validation_ms": (time.monotonic() - began) * 1000 / VALIDATIONS}


def wait_for_people() -> Mapping[str, float]:
    with council_server() as server:
        ask_people(server, POOL)
        threads, memory = threads_of(server), resident_mb(server.worker)
        ask_people(server, WAITING)
        added = resident_mb(server.worker) - memory
        return {"threads": threads_of(server) - threads, "kb_each": added * 1024 / WAITING}


def ask_people(server: CouncilServer, meetings: int) -> None:
    """Until so many more wait for a person."""
    for session_id in [server.start_session(WAITING_ID, "nothing") for _ in range(meetings)]:
        waiting(server, session_id)


def waiting(server: CouncilServer, session_id: str) -> None:
    """Until it waits for a person."""
    wait_until(
        lambda: server.request("GET", f"/api/v1/sessions/{session_id}")["waiting_for"],
        30,
        "a waiting meeting",
    )


def threads_of(server: CouncilServer) -> int:
    with open(f"/proc/{server.worker}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
