"""Server-sent events, out of the octets they come in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from council.cli.stream import events_of

TEXTS = st.text(st.sampled_from("ab \u2028\u2029\x85\x0b\x0c\r汉"))


@given(st.lists(TEXTS), st.data())
def test_however_it_is_cut(texts: list[str], data: st.DataObject) -> None:
    """Events come whole and in order, wherever the octets are cut, and line ends inside of words are no line ends."""
    sent = [{"seq": seq, "data": text} for seq, text in enumerate(texts, start=1)]
    octets = b": council.v1\n\n" + b"".join(
        b"id: %d\ndata: %s\n\n" % (each["seq"], json.dumps(each, ensure_ascii=False).encode())
        for each in sent
    )
    chunks = []
    while octets:
        length = data.draw(st.integers(1, len(octets)))
        chunks.append(octets[:length])
        octets = octets[length:]
    assert list(events_of(chunks)) == sent


def test_heartbeats() -> None:
    """Comments keep the connection alive and are no events."""
    assert list(events_of([b": heartbeat\n\n: heartbeat\n\n", b'data: {"seq": 1}\n', b"\n"])) == [{"seq": 1}]


def test_half_an_event() -> None:
    """What was cut off in the middle is not there."""
    assert list(events_of([b'data: {"seq": 1}\n\ndata: {"seq"'])) == [{"seq": 1}]
