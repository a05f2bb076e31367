"""A server that sends every message back, for any WebSocket conformance suite.

Run it with ``gunicorn -k gthread --threads 64 tests.live.echo:app``; the address is ``ws://127.0.0.1:8000/echo``.
"""

import itertools

from flask import Flask

from council.live.client import Client
from council.live.frames import binary_frame
from council.live.socket import Connection, Sock

app = Flask(__name__)
sock = Sock(app, max_message_bytes=16 * 1024 * 1024)

_numbers = itertools.count(1)


@sock.route("/echo")
def echo(connection: Connection) -> None:
    client = Client(connection, lambda channel, after, limit: [], client_id=f"echo-{next(_numbers)}")
    while True:
        message = connection.receive()
        if isinstance(message, str):
            client.send(message.encode())
        else:
            client.send_control(binary_frame(message.data))
