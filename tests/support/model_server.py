"""A model server one can script: real HTTP over real sockets, and every word of it decided by the test."""

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

ThinkingShape = Literal["reasoning_content", "reasoning", "think"]
UsageShape = Literal["present", "absent", "refused"]
Stall = Literal["before_headers", "after_headers", "mid_stream"]

WAIT_SECONDS = 100.0  # A hold that nobody releases ends by itself, so that a failing test ends too.


GREETING = "Hello from the scripted model."


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call of an answer; ``arguments`` may be text that is no JSON."""

    name: str
    arguments: Any
    id: str = "call_a"

    @property
    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Reply:
    """One streamed answer. ``finish=None`` leaves the finish reason out; with ``calls`` it is ``tool_calls``."""

    text: str = GREETING
    thinking: str = ""
    thinking_shape: ThinkingShape = "reasoning_content"
    usage: UsageShape = "present"
    finish: str | None = "stop"
    chunk_size: int = 8
    delay_seconds: float = 0.0
    done: bool = True
    input_tokens: int = 11
    output_tokens: int = 7
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """An HTTP answer that is none."""

    status: int
    body: str
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class HangUp:
    """A stream that ends in the middle: the connection closes before the body does."""

    after_chunks: int = 1
    reply: Reply = field(default_factory=Reply)


@dataclass(frozen=True, slots=True)
class ErrorInStream:
    """An error object after some chunks, under HTTP 200."""

    error: Any
    after_chunks: int = 1
    reply: Reply = field(default_factory=Reply)


@dataclass(frozen=True, slots=True)
class Raw:
    """A body byte for byte, one HTTP chunk per piece."""

    pieces: tuple[bytes, ...]
    content_type: str = "text/event-stream"


Answer = Reply | Failure | HangUp | ErrorInStream | Raw
Responder = Callable[[dict[str, Any]], Answer]


class ScriptedModelServer:
    """Answers ``/v1/chat/completions`` by script; also ``/v1/models`` and Ollama's ``/api/tags``.

    Each of ``reply``, ``fail``, ``hang_up``, ``error_in_stream`` and ``raw`` scripts one request, in
    order. When the script is used up, ``responder`` answers, or a friendly default.
    """

    def __init__(
        self,
        responder: Responder | None = None,
        *,
        models: tuple[str, ...] = ("scripted",),
        ollama_models: tuple[dict[str, Any], ...] = (),
    ) -> None:
        self.responder = responder
        self.models = models
        self.ollama_models = ollama_models
        self._changed = threading.Condition()  # Guards everything below.
        self._script: deque[Answer] = deque()
        self._requests: list[dict[str, Any]] = []
        self._headers: list[dict[str, str]] = []
        self._hold: tuple[Stall, int] | None = None
        self._held = 0
        self._sockets: set[socket.socket] = set()
        self._closed = False
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="model-server")
        self._thread.start()

    # Public

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def root(self) -> str:
        """The server's address, as Ollama's is given."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The base URL of its OpenAI-compatible API."""
        return f"{self.root}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The JSON of every chat request so far."""
        with self._changed:
            return list(self._requests)

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers of every chat request so far, names in lower case."""
        with self._changed:
            return list(self._headers)

    def reply(self, text: str = GREETING, **how: Any) -> None:
        """Script an answer; the keywords are those of ``Reply``."""
        self._add(Reply(text, **how))

    def fail(self, status: int, body: Any = "", content_type: str = "application/json") -> None:
        self._add(Failure(status, body if isinstance(body, str) else json.dumps(body), content_type))

    def hang_up(self, after_chunks: int = 1, **how: Any) -> None:
        self._add(HangUp(after_chunks, Reply(**how)))

    def error_in_stream(self, error: Any, after_chunks: int = 1, **how: Any) -> None:
        self._add(ErrorInStream(error, after_chunks, Reply(**how)))

    def raw(self, *pieces: bytes, content_type: str = "text/event-stream") -> None:
        self._add(Raw(pieces, content_type))

    def hold(self, where: Stall = "mid_stream", after_chunks: int = 1) -> None:
        """Every request stalls there until ``release``; ``after_chunks`` counts in mid-stream only."""
        with self._changed:
            self._hold = (where, after_chunks if where == "mid_stream" else 0)

    def release(self) -> None:
        with self._changed:
            self._hold = None
            self._changed.notify_all()

    def wait_until_held(self, count: int = 1, seconds: float = 60.0) -> None:
        """Block until that many requests are stalled. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held >= count, seconds):
                raise TimeoutError(f"{self._held} of {count} requests are held")

    def wait_for_requests(self, count: int = 1, seconds: float = 60.0) -> None:
        """Block until that many chat requests have come. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._requests) >= count, seconds):
                raise TimeoutError(f"{len(self._requests)} of {count} requests came")

    def close(self) -> None:
        """Cut every connection and join every thread."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._hold = None
            self._changed.notify_all()
            for open_socket in self._sockets:
                _shut_down(open_socket)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # What the request threads use

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Answer:
        """Record a request and say what it gets."""
        with self._changed:
            self._requests.append(request)
            self._headers.append(headers)
            self._changed.notify_all()
            if self._script:
                return self._script.popleft()
        return self.responder(request) if self.responder else Reply()

    def take_back(self, answer: Answer) -> None:
        """An answer that was not given after all is the next one."""
        with self._changed:
            self._script.appendleft(answer)

    def stall(self, where: Stall, chunks: int = 0) -> None:
        """Block while ``hold`` says so."""
        with self._changed:
            if self._hold != (where, chunks):
                return
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._hold is None or self._closed, WAIT_SECONDS)
            self._held -= 1

    def pause(self, seconds: float) -> None:
        """Wait between chunks, unless the server is closed meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, seconds)

    @contextlib.contextmanager
    def open_socket(self, connection: socket.socket) -> Iterator[None]:
        with self._changed:
            self._sockets.add(connection)
        try:
            yield
        finally:
            with self._changed:
                self._sockets.discard(connection)

    def _add(self, answer: Answer) -> None:
        with self._changed:
            self._script.append(answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close() joins them.
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: ScriptedModelServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        threading.current_thread().name = f"model-request-{client_address[1]}"
        with self.owner.open_socket(request):
            super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        match self.path:
            case "/v1/models":
                models = [{"id": name, "object": "model"} for name in self.server.owner.models]
                self._send_json(200, json.dumps({"object": "list", "data": models}))
            case "/api/tags":
                self._send_json(200, json.dumps({"models": list(self.server.owner.ollama_models)}))
            case _:
                self._send_json(404, json.dumps({"error": {"message": f"No {self.path} here."}}))

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self._send_json(404, json.dumps({"error": {"message": f"No {self.path} here."}}))
            return
        answer = self.server.owner.take(
            request, {name.lower(): value for name, value in self.headers.items()}
        )
        self.server.owner.stall("before_headers")
        match answer:
            case Reply(usage="refused") if "stream_options" in request:
                self._refuse_usage(answer)
            case Reply():
                self._stream(request, answer)
            case Failure(status, body, content_type):
                self._send_json(status, body, content_type)
            case HangUp(after_chunks, reply):
                self._stream(request, reply, limit=after_chunks)
                self.close_connection = True
            case ErrorInStream(error, after_chunks, reply):
                self._stream(request, reply, limit=after_chunks)
                self._write(_line({"error": error}))
                self._write(b"")
            case Raw(pieces, content_type):
                self._send_pieces(pieces, content_type)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the test knows what it asked."""

    # Ways to answer

    def _refuse_usage(self, answer: Reply) -> None:
        self.server.owner.take_back(answer)
        error = {"message": "Unknown parameter: 'stream_options'.", "type": "invalid_request_error"}
        self._send_json(400, json.dumps({"error": error}))

    def _stream(self, request: dict[str, Any], reply: Reply, limit: int | None = None) -> None:
        self._begin()
        self.server.owner.stall("after_headers")
        for count, chunk in enumerate(_chunks(request, reply)):
            if count == limit:
                return
            self.server.owner.stall("mid_stream", count)
            self._write(_line(chunk))
            if reply.delay_seconds:
                self.server.owner.pause(reply.delay_seconds)
        if limit is None:
            self._write(b"data: [DONE]\n\n" if reply.done else b": the end\n\n")
            self._write(b"")

    def _send_pieces(self, pieces: tuple[bytes, ...], content_type: str) -> None:
        self._begin(content_type)
        for piece in pieces:
            self._write(piece)
        self._write(b"")

    def _send_json(self, status: int, body: str, content_type: str = "application/json") -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _begin(self, content_type: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _write(self, data: bytes) -> None:
        """One HTTP chunk; an empty one ends the body."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _chunks(request: dict[str, Any], reply: Reply) -> Iterator[dict[str, Any]]:
    """The chunks of one answer, as OpenAI writes them."""
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": int(time.time())}
    frame["model"] = request.get("model", "scripted")
    for delta in _deltas(reply):
        yield frame | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None}
    if reply.finish is not None:
        finish = "tool_calls" if reply.calls and reply.finish == "stop" else reply.finish
        yield frame | {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    if reply.usage == "present" and "stream_options" in request:
        total = reply.input_tokens + reply.output_tokens
        counts = {"prompt_tokens": reply.input_tokens, "completion_tokens": reply.output_tokens}
        yield frame | {"choices": [], "usage": counts | {"total_tokens": total}}


def _deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    text = reply.text
    if reply.thinking and reply.thinking_shape == "think":
        text = f"<think>{reply.thinking}</think>\n\n{text}"
    elif reply.thinking:
        for piece in _pieces(reply.thinking, reply.chunk_size):
            yield {"role": "assistant", reply.thinking_shape: piece}
    for piece in _pieces(text, reply.chunk_size):
        yield {"role": "assistant", "content": piece}
    for index, call in enumerate(reply.calls):
        yield _call_delta(index, {"name": call.name, "arguments": ""}, id=call.id, type="function")
        for piece in _pieces(call.text, reply.chunk_size):
            yield _call_delta(index, {"arguments": piece})


def _call_delta(index: int, function: dict[str, str], **more: str) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": function} | more]}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _line(chunk: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _shut_down(open_socket: socket.socket) -> None:
    with contextlib.suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)
