"""Networks that cut, reset, slice, delay and stall: everybody sees every event once, and in order."""

import threading

import pytest

from tests.faults.meeting import Script, start_meeting
from tests.support.proxy import Proxy, Toxics
from tests.support.viewer import FINAL_EVENTS

pytestmark = pytest.mark.fault


class Chaos:
    """A thread that does something bad to some connection every few milliseconds, until it is told to end."""

    def __init__(self, proxy, chance):
        self._proxy = proxy
        self._chance = chance
        self._over = threading.Event()
        self.done = 0
        proxy.set_toxics(self._toxics)
        self._thread = threading.Thread(target=self._run, name="chaos")
        self._thread.start()

    def end(self):
        """From now on the network is a good one; what is stalled stays so."""
        self._over.set()
        self._thread.join()
        self._proxy.set_toxics(Toxics)

    def _toxics(self):
        return self._chance.choice(
            [
                Toxics(),
                Toxics(slice_bytes=self._chance.randint(1, 50)),
                Toxics(latency_seconds=0.05),
                Toxics(bytes_per_second=20_000, slice_bytes=500),
                Toxics(cut_after_bytes=self._chance.randint(1, 3_000)),
                Toxics(cut_after_bytes=self._chance.randint(1, 300)),
            ]
        )

    def _run(self):
        while not self._over.wait(0.02):
            links = self._proxy.links
            if not links:
                continue
            link = self._chance.choice(links)
            what = self._chance.choice(["cut", "cut", "reset", "reset", "stall", "stall up"])
            match what:
                case "cut":
                    link.cut()
                case "reset":
                    link.reset()
                case "stall":
                    link.stall("down")
                case "stall up":
                    link.stall("up")
            self.done += 1


def test_twenty_viewers_behind_a_bad_network(server, model, watch, check_all, chance, record_property):
    """They are cut, reset, sliced and stalled at random; all end with every event once, in order."""
    model.responder = Script(pieces=60)
    with Proxy(server.port) as proxy:
        chaos = Chaos(proxy, chance)
        try:
            session_id = start_meeting(server)
            witness = watch(server.port, session_id)
            viewers = [watch(proxy.port, session_id, dead_seconds=2.5) for _ in range(20)]
            witness.wait_for("execution:completed")
        finally:
            chaos.end()
        check_all(server, session_id, [witness, *viewers])
        assert witness.connections == 1, "the bad network of the others was felt"
        assert chaos.done > 50
        assert sum(viewer.connections for viewer in viewers) > 60
        record_property("cuts_and_stalls", chaos.done)


def test_a_network_that_is_down_for_a_while(server, watch, check_all):
    """All viewers are cut at once, cannot come back for a while, and then miss nothing."""
    with Proxy(server.port) as proxy:
        session_id = start_meeting(server)
        witness = watch(server.port, session_id)
        viewers = [watch(proxy.port, session_id) for _ in range(10)]
        for viewer in viewers:
            viewer.wait_for("token_stream", node_id="affirmative")
        proxy.down()
        witness.wait_for("token_stream", node_id="adjudicator")
        assert not any(viewer.saw("token_stream", node_id="adjudicator") for viewer in viewers)
        proxy.up()
        witness.wait_for("execution:completed")
        check_all(server, session_id, [witness, *viewers])


def test_a_stalled_viewer_harms_nobody_and_comes_back_with_everything(server, watch, check_all):
    """One direction is dead, as with a laptop that sleeps: the others see the meeting to its end."""
    with Proxy(server.port) as proxy:
        session_id = start_meeting(server)
        stalled = watch(proxy.port, session_id, dead_seconds=60)  # It does not look for itself.
        stalled.wait_for("token_stream")
        proxy.links[0].stall("down")
        others = [watch(server.port, session_id) for _ in range(3)]
        for other in others:
            other.wait_for("execution:completed")
        assert not any(stalled.saw(event) for event in FINAL_EVENTS)
        proxy.links[0].flow()
        check_all(server, session_id, [stalled, *others])
