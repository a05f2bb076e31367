"""flask-sock as most people write it: a queue and a writer thread per client, each event encoded for each."""

import json
import queue
import threading

from flask import Flask
from flask_sock import Sock

from benchmarks.peers.driver import event, obey, publish_in_thread, read_plan

plan = read_plan()
app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": None}
sock = Sock(app)
queues: set[queue.Queue] = set()
lock = threading.Lock()  # Guards queues.


@sock.route("/ws")
def viewer(ws) -> None:
    waiting: queue.Queue = queue.Queue()
    threading.Thread(target=write, args=(ws, waiting), daemon=True).start()
    with lock:
        queues.add(waiting)
    try:
        while True:
            ws.receive()
    finally:
        with lock:
            queues.discard(waiting)


def write(ws, waiting: queue.Queue) -> None:
    while True:
        ws.send(json.dumps(waiting.get()))


def publish(seq: int) -> None:
    news = event(plan, seq)
    with lock:
        everybody = tuple(queues)
    for waiting in everybody:
        waiting.put(news)


obey(plan, lambda: len(queues), lambda: publish_in_thread(plan, publish))
