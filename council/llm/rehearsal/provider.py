"""The provider that needs no model: it rehearses a meeting, the same way for the same prompt, and says so."""

import json
import re
import threading
from typing import Any

from council.errors import EmptyAnswer, Stopped
from council.llm.base import ChatRequest, Completion, Finish, OnDelta, Usage
from council.llm.rehearsal.brief import Brief, read_brief
from council.llm.rehearsal.facts import facts
from council.llm.rehearsal.hands import Move, changes, next_move
from council.llm.rehearsal.instance import Instances
from council.llm.rehearsal.speech import speech, thoughts
from council.llm.rehearsal.template import template

PROVIDER_ID = "rehearsal"
MODEL = "rehearsal"
_EAST_ASIAN = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"[{_EAST_ASIAN}]{{1,3}}\s*|[^\s{_EAST_ASIAN}]+\s*|\s+")


class Rehearsal:
    """Speaks at ``tokens_per_second`` per call; 0 is at once. Its tokens are its own pieces of text."""

    provider_id = PROVIDER_ID
    local = True

    def __init__(self, tokens_per_second: float) -> None:
        self._seconds_per_token = 1 / tokens_per_second if tokens_per_second else 0.0

    def __repr__(self) -> str:
        return "Rehearsal()"

    def open(self, request: ChatRequest) -> "RehearsalCall":
        return RehearsalCall(request, self._seconds_per_token)


class RehearsalCall:
    """One rehearsed answer."""

    def __init__(self, request: ChatRequest, seconds_per_token: float) -> None:
        self._request = request
        self._seconds_per_token = seconds_per_token
        self._cancelled = threading.Event()
        self._input_tokens = 0
        self._spoken_tokens = 0

    # Public

    def run(self, on_delta: OnDelta) -> Completion:
        self._input_tokens = sum(len(pieces(message.content)) for message in self._request.messages)
        brief = read_brief(self._request)
        if self._request.tools and (move := next_move(self._request, brief)):
            return self._use(move, on_delta)
        thinking, answer = self._thinking(brief), pieces(self._answer(brief))
        limit = self._request.max_tokens
        if limit is not None and limit < len(thinking) + len(answer):
            thinking = []  # No room to think aloud.
        said = answer[:limit]
        self._speak(thinking, on_delta, is_thinking=True)
        self._speak(said, on_delta, is_thinking=False)
        return self._completion(thinking, said, is_cut=len(said) < len(answer))

    def cancel(self) -> None:
        self._cancelled.set()

    def usage_so_far(self) -> Usage:
        return Usage(self._input_tokens, self._spoken_tokens)

    # What is said

    def _thinking(self, brief: Brief) -> list[str]:
        return [] if self._request.json_schema else pieces(thoughts(brief))

    def _answer(self, brief: Brief) -> str:
        if self._request.json_schema:
            checked = facts(self._request) or template(self._request)
            return _json(checked or Instances(brief).of_schema(self._request.json_schema))
        form = Instances(brief).of_example(brief.example) if brief.example else None
        block = f"\n\n```json\n{_json(form)}\n```" if form is not None else ""
        return speech(brief) + changes(self._request, brief) + block

    def _completion(self, thinking: list[str], said: list[str], *, is_cut: bool) -> Completion:
        content = "".join(said)
        if not content.strip():
            raise EmptyAnswer("max_tokens leaves no room for a word.", started=bool(thinking))
        finish: Finish = "length" if is_cut else "stop"
        return Completion(content, "".join(thinking), finish, self.usage_so_far(), MODEL)

    def _use(self, move: Move, on_delta: OnDelta) -> Completion:
        """A few words and a call."""
        self._speak(pieces(move.words), on_delta, is_thinking=False)
        self._spoken_tokens += len(pieces(move.written))
        return Completion(move.words, "", "stop", self.usage_so_far(), MODEL, (move.call,))

    # How it is said

    def _speak(self, spoken: list[str], on_delta: OnDelta, *, is_thinking: bool) -> None:
        """Raises Stopped."""
        for piece in spoken:
            if self._cancelled.wait(self._seconds_per_token):
                raise Stopped("The call was cancelled.")
            self._spoken_tokens += 1
            on_delta(piece, is_thinking)


def pieces(text: str) -> list[str]:
    """Words with the space after them; of Chinese, up to three characters at a time."""
    return _PIECE.findall(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
