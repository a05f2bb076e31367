"""/ws: one socket, any number of channels, commands up and events down."""

import secrets
from typing import Any

from flask import request

from council import clock
from council.commands import Command, Ping, StartSession, Subscribe, Unsubscribe
from council.errors import CouncilError, Malformed, NotFound, RateLimited, Unavailable, UnsupportedMedia
from council.events import EVERYTHING, session_channel
from council.jsontext import parse_object
from council.live.client import Client
from council.live.hub import Guest
from council.live.socket import Connection, Sock
from council.live.watched import tell_received, watched
from council.parts import Parts
from council.people.pace import Bucket
from council.people.who import Who
from council.web import openings
from council.web.auth import everything_for, guest, limit_connects, me
from council.web.commanding import authorise, perform
from council.web.describe import Answer, describes, text
from council.web.problems import as_event, as_known
from council.web.requested import command_of, id_of, refuse_too_large, terms_for, wanted_in
from council.web.trail import SOCKETS, listening, name_client

PROTOCOL = "council.v1"
BURST_SECONDS = 10  # Of commands that may come at once.
MOST_CHANNELS = 100  # That one socket subscribes to.
WARNINGS = 10  # Messages that are no commands, before the socket is closed.


def install(sock: Sock, parts: Parts) -> None:
    """Both paths."""

    @describes(
        "open_socket",
        "Open a WebSocket: events come, commands go",
        details="Also at `/ws`. Each message is one JSON text, in either direction: see "
        "[/api/live.schema.json](/api/live.schema.json).",
        inputs=(
            text(
                "The meeting to follow; without it all of them, from now on.",
                name="session_id",
                format="uuid",
            ),
            text(
                'The last `seq` you have, or "latest".',
                name="since",
                pattern="^([0-9]{1,15}|latest)$",
                default="0",
            ),
            text("The log's epoch as you know it.", name="epoch"),
            text("Who you are, where no header can say it: see make_ticket.", name="ticket"),
        ),
        answers={101: Answer("The socket is open; `hello` is the first message.", {})},
    )
    def serve(connection: Connection) -> None:
        query = {name: value for name, value in request.args.items() if name != "ticket"}
        _Listener(connection, parts, me(), guest()).serve(query)

    app = sock.app
    if app is None:
        raise AssertionError("the sockets have no application")

    @app.before_request
    def refuse_when_full() -> None:
        if request.endpoint in SOCKETS:
            limit_connects(parts)
            parts.hub.refuse_when_full()
            if not parts.running:
                parts.hub.turned_away("ending")
                raise Unavailable("The server is starting, or about to end.")

    openings.install(app, parts.turnstile)
    for path, endpoint in zip(openings.PATHS, ("ws", "api_ws"), strict=True):
        sock.route(path, endpoint=endpoint)(serve)


class _Listener:
    """One socket's request thread: it reads commands and answers them in order."""

    def __init__(self, connection: Connection, parts: Parts, who: Who, guest: Guest) -> None:
        self._connection = connection
        self._parts = parts
        self._who = who
        self._guest = guest
        self._warnings = 0
        self._told = parts.settings.log_level == "DEBUG"
        live, limits = parts.settings.live, parts.settings.limits
        self._pace = Bucket(limits.commands_per_second, limits.commands_per_second * BURST_SECONDS)
        client_id = secrets.token_hex(6)
        name_client(client_id, request.args.get("session_id"))  # Before its writer thread starts.
        self._client = Client(
            watched(connection, level=parts.settings.log_level),
            parts.turnstile.paced(parts.archive.events),
            client_id=client_id,
            heartbeat_seconds=live.heartbeat_seconds,
            send_timeout_seconds=live.send_timeout_seconds,
        )

    def serve(self, query: dict[str, str]) -> None:
        """Until the socket ends. Every way out closes the client and takes it off the hub."""
        hub = self._parts.hub
        try:
            with listening(self._client, "socket"), self._client:
                is_let_in = self._enter() and self._greet(query)
                openings.is_open()
                if is_let_in:
                    self._read_commands()
        finally:
            hub.unregister(self._client)

    def _enter(self) -> bool:
        """Join the hub. It may be full since we looked: the upgrade has happened, so a close code tells."""
        try:
            self._parts.hub.register(self._client, self._guest)
        except Unavailable as problem:
            return self._turn_away(problem, 1013)
        except RateLimited as problem:
            return self._turn_away(problem, 1008)
        return True

    # Greeting

    def _greet(self, query: dict[str, str]) -> bool:
        """Say hello and begin to deliver; False when the client asked for what it cannot have."""
        try:
            wanted = wanted_in(query)
            if wanted is not None:
                authorise(self._parts, self._who, wanted)
            position = self._parts.archive.position(wanted.session_id) if wanted else None
        except NotFound as problem:
            return self._turn_away(problem, 4404)
        except CouncilError as problem:
            return self._turn_away(problem, 1008)
        if wanted is None or position is None:
            self._hello({})
            self._deliver(EVERYTHING, {"recovered": True, "since": 0})
            return True
        channel = session_channel(wanted.session_id)
        terms = terms_for(position, wanted, self._parts.settings.live.replay_limit)
        self._hello({channel: terms})
        self._deliver(channel, terms)
        return True

    def _turn_away(self, problem: CouncilError, code: int) -> bool:
        self._client.send(as_event(problem))
        self._client.close(code, problem.code)
        return False

    def _hello(self, channels: dict[str, Any]) -> None:
        data = {
            "protocol": PROTOCOL,
            "client_id": self._client.client_id,
            "heartbeat_seconds": self._parts.settings.live.heartbeat_seconds,
            "channels": channels,
        }
        self._client.send({"event": "hello", "data": data})

    def _deliver(self, channel: str, terms: dict[str, Any]) -> None:
        """Subscribe first, then read the backlog: nothing falls in between. Without recovery, nothing is sent."""
        if terms["recovered"]:
            hears = everything_for(self._parts, self._who) if channel == EVERYTHING else None
            self._parts.hub.subscribe(self._client, channel, hears, seq=terms.get("seq"))
            self._client.subscribe(channel, terms["since"])

    # Commands

    def _read_commands(self) -> None:
        while self._warnings < WARNINGS:
            message = self._connection.receive()
            if self._told:
                tell_received(message)
            command_id: str | None = None
            try:
                if not isinstance(message, str):
                    raise UnsupportedMedia("Binary messages are not taken.", hint="Send JSON as text.")
                self._slow_down()
                raw = parse_object(message)
                command_id = id_of(raw)
                command = command_of(raw)
                refuse_too_large(command, message, self._parts.settings.limits.command_bytes)
                self._obey(command, command_id)
            except CouncilError as problem:
                self._warnings += isinstance(problem, Malformed | UnsupportedMedia | RateLimited)
                self._client.send(as_event(problem, command_id))
            except Exception as problem:  # top of a socket's thread: one command fails, the connection lives
                self._client.send(as_event(as_known(problem), command_id))
        self._client.close(1008, "too many messages that are no commands, or too fast")

    def _slow_down(self) -> None:
        """Raises RateLimited."""
        if wait := self._pace.take():
            raise RateLimited("Too many commands.", retry_after=wait)

    def _obey(self, command: Command, command_id: str | None) -> None:
        match command:
            case Ping():
                data = {
                    "id": command_id,
                    "server_time": clock.timestamp(),
                    "channels": self._client.positions(),
                }
                self._client.send({"event": "pong", "data": data})
            case Subscribe():
                self._subscribe(command, command_id)
            case Unsubscribe():
                self._leave(session_channel(command.session_id))
                self._ack(command, command_id, {"session_id": command.session_id})
            case _:
                self._apply(command, command_id)

    def _subscribe(self, command: Subscribe, command_id: str | None) -> None:
        authorise(self._parts, self._who, command)
        channel = session_channel(command.session_id)
        self._refuse_too_many(channel)
        position = self._parts.archive.position(command.session_id)
        terms = terms_for(position, command, self._parts.settings.live.replay_limit)
        self._ack(command, command_id, {"session_id": command.session_id} | terms)
        self._deliver(channel, terms)

    def _refuse_too_many(self, channel: str) -> None:
        """Whoever has it may ask for it again. Raises RateLimited."""
        asked = self._client.asked()
        if channel not in asked and len(asked) >= MOST_CHANNELS:
            raise RateLimited(
                f"{MOST_CHANNELS} meetings are enough for one socket.", hint="Unsubscribe from some."
            )

    def _apply(self, command: Any, command_id: str | None) -> None:
        if isinstance(command, StartSession):
            return self._start(command, command_id)
        self._ack(command, command_id, perform(self._parts, self._who, command, command_id=command_id))

    def _start(self, command: StartSession, command_id: str | None) -> None:
        """Listen to a new meeting before it begins, so that its first event comes as soon as it is stored."""
        authorise(self._parts, self._who, command)
        channel = session_channel(command.session_id)
        self._refuse_too_many(channel)
        from_the_beginning = {"recovered": True, "since": 0}
        early = not self._exists(command.session_id)
        if early:
            self._deliver(channel, from_the_beginning)
        try:
            result = perform(self._parts, self._who, command, command_id=command_id)
        except CouncilError:
            if early:
                self._leave(channel)
            raise
        if early:
            self._parts.hub.subscribe(self._client, channel, seq=0)  # From now on it can be missed.
        self._ack(command, command_id, result)
        if channel not in self._client.positions():
            self._deliver(channel, from_the_beginning | {"seq": 0})

    def _exists(self, session_id: str) -> bool:
        try:
            self._parts.archive.position(session_id)
        except NotFound:
            return False
        return True

    def _leave(self, channel: str) -> None:
        self._parts.hub.unsubscribe(self._client, channel)
        self._client.unsubscribe(channel)

    def _ack(self, command: Command, command_id: str | None, result: dict[str, Any]) -> None:
        self._client.send({"event": "ack", "data": {"id": command_id, "cmd": command.cmd} | result})
