"""websockets: its own broadcast(), which encodes once and waits for nobody."""

import asyncio
import json

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.asyncio.server import serve as listen

from benchmarks.peers.driver import event, obey, read_plan, schedule

plan = read_plan()
viewers: set[ServerConnection] = set()


async def viewer(ws: ServerConnection) -> None:
    viewers.add(ws)
    try:
        await ws.wait_closed()
    finally:
        viewers.discard(ws)


async def publish() -> None:
    for seq, due in schedule(plan):
        # Also in a burst the loop needs its turn: broadcast() itself never waits for a viewer.
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        broadcast(viewers, json.dumps(event(plan, seq)))


async def serve() -> None:
    async with listen(viewer, "127.0.0.1", plan.port, compression=None, ping_interval=None, backlog=1024):
        loop = asyncio.get_running_loop()
        obey(plan, lambda: len(viewers), lambda: asyncio.run_coroutine_threadsafe(publish(), loop))
        await asyncio.Event().wait()


asyncio.run(serve())
