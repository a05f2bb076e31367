"""A real llama.cpp server with a model that weighs half a megabyte and means nothing.

The weights are random, so nothing is downloaded and every answer is nonsense; but the server, its
stream and its count of tokens are real. The server runs in a process of its own:
``python -m tests.support.toy_model MODEL.gguf CONTEXT`` serves until its standard input ends.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NEEDED = ("gguf", "numpy", "xllamacpp")
MODEL = "toy"
CONTEXT_TOKENS = 1024
LONGEST_CONTEXT_TOKENS = 65_536
READY = "toy model at "
START_SECONDS = 60.0

WIDTH = 64
HEADS = 4
LAYERS = 2
INNER_WIDTH = 128
WORDS = """
we the meeting council asks why and says not yet because costs risks gains time money people trust
proof should would could first then last small large plan test stop begin agree differ
"""
LETTERS = " .,:;!?'-\nabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:"
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # GGUF's kinds of tokens.


def missing() -> str:
    """Why there can be no toy model here; empty when there can."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return f"{', '.join(absent)} not installed" if absent else ""


class ToyServer:
    """``with ToyServer() as server:`` gives ``server.url`` and ``server.model``."""

    model = MODEL

    def __init__(self, context_tokens: int = CONTEXT_TOKENS) -> None:
        self._context_tokens = context_tokens
        self._folder = tempfile.TemporaryDirectory(prefix="toy-model-")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        path = Path(self._folder.name) / "toy.gguf"
        write_toy_model(path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.toy_model", str(path), str(self._context_tokens)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = f"{self._address()}/v1"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def _address(self) -> str:
        """Where the server said it listens. Blocks until it can answer."""
        assert self._process
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(READY):
                return line.removeprefix(READY).strip()
        raise RuntimeError(f"the toy server ended with {self._process.wait()}")


def serve(path: str, context_tokens: int) -> None:
    """Serve a model on a free port until standard input ends."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 1
    params.warmup = False
    server = xllamacpp.Server(params)
    _wait_until_healthy(server.listening_address)
    print(f"{READY}{server.listening_address}", flush=True)
    sys.stdin.read()
    os._exit(0)  # Its threads are C++ ones that know no shutdown.


def _wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{address} is not healthy after {START_SECONDS:g} seconds")


# The model


def write_toy_model(path: Path) -> None:
    """Write a llama with random weights."""
    import gguf

    writer = gguf.GGUFWriter(str(path), "llama")
    tokens = _vocabulary()
    _add_shape(writer, len(tokens))
    _add_tokenizer(writer, tokens)
    _add_weights(writer, len(tokens))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> list[tuple[str, int, float]]:
    """Text, kind and score: the control tokens, every byte, our words, and letters to spell with."""
    control = [("<unk>", UNKNOWN, 0.0), ("<s>", CONTROL, 0.0), ("</s>", CONTROL, 0.0)]
    octets = [(f"<0x{octet:02X}>", BYTE, 0.0) for octet in range(256)]
    words = [(f"\u2581{word}", NORMAL, -1.0 - rank) for rank, word in enumerate(dict.fromkeys(WORDS.split()))]
    letters = [(letter.replace(" ", "\u2581"), NORMAL, -1000.0 - rank) for rank, letter in enumerate(LETTERS)]
    return control + octets + words + letters


def _add_shape(writer: Any, vocabulary_size: int) -> None:
    writer.add_name(MODEL)
    writer.add_file_type(0)
    writer.add_vocab_size(vocabulary_size)
    writer.add_context_length(LONGEST_CONTEXT_TOKENS)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER_WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)


def _add_tokenizer(writer: Any, tokens: list[tuple[str, int, float]]) -> None:
    texts, kinds, scores = zip(*tokens, strict=True)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text in texts])
    writer.add_token_types(kinds)
    writer.add_token_scores(scores)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(True)
    writer.add_chat_template(TEMPLATE)


def _add_weights(writer: Any, vocabulary_size: int) -> None:
    import numpy

    chance = numpy.random.default_rng(seed=7)

    def random(*shape: int) -> Any:
        return chance.normal(scale=0.4, size=shape).astype(numpy.float32)

    def ones() -> Any:
        return numpy.ones(WIDTH, numpy.float32)

    writer.add_tensor("token_embd.weight", random(vocabulary_size, WIDTH))
    writer.add_tensor("output_norm.weight", ones())
    writer.add_tensor("output.weight", random(vocabulary_size, WIDTH))
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", ones())
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", random(WIDTH, WIDTH))
        for name in ("ffn_gate", "ffn_up"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", random(INNER_WIDTH, WIDTH))
        writer.add_tensor(f"blk.{layer}.ffn_down.weight", random(WIDTH, INNER_WIDTH))


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
