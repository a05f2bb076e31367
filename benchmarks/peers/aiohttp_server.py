"""aiohttp: one loop, each event encoded once and sent to one viewer after the other."""

import asyncio
import json

from aiohttp import WSCloseCode, web

from benchmarks.peers.driver import event, obey, read_plan, schedule

plan = read_plan()
viewers: set[web.WebSocketResponse] = set()


async def viewer(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    viewers.add(ws)
    try:
        async for _message in ws:
            continue
    finally:
        viewers.discard(ws)
    return ws


async def publish() -> None:
    for seq, due in schedule(plan):
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        text = json.dumps(event(plan, seq))
        for ws in tuple(viewers):
            try:
                await ws.send_str(text)
            except ConnectionError:
                await ws.close(code=WSCloseCode.GOING_AWAY)


async def serve() -> None:
    app = web.Application()
    app.router.add_get("/ws", viewer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", plan.port, backlog=1024).start()
    loop = asyncio.get_running_loop()
    obey(plan, lambda: len(viewers), lambda: asyncio.run_coroutine_threadsafe(publish(), loop))
    await asyncio.Event().wait()


asyncio.run(serve())
