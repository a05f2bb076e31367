"""One member speaks: the call, its attempts, and what becomes of the words in every case."""

import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NoReturn

from council import clock
from council.engine.budget import Amount
from council.engine.callbook import Entry
from council.engine.gate import Cancel
from council.engine.turn import Turn
from council.errors import (
    ContextTooLong,
    CouncilError,
    CutShort,
    Fenced,
    GaveWay,
    Interrupted,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnreachable,
    ShuttingDown,
    Stopped,
    StreamBroken,
)
from council.events import Event, Finish, MessageCompleted, MessageDiscarded, TokenUsage
from council.live.stream import MessageStream
from council.llm.base import Call, ChatMessage, ChatRequest, Completion, ToolCall, ToolSpec, Usage
from council.meeting.prompts import Prompt

NOT_TAKEN = (ProviderUnreachable, ProviderBusy, ProviderRefused, ProviderRejected, ContextTooLong)
"""Failures before the server began to work: they cost nothing."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, with which model and which settings."""

    agent_id: str | None
    provider_id: str
    model: str
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """A finished message and the events that say so, which are stored with the node's conclusion."""

    message_id: str
    content: str
    finish: Finish
    events: tuple[Event, ...]
    tool_calls: tuple[ToolCall, ...] = ()


class _Again(Exception):
    """The call did not outlast a pause: the same turn starts again."""

    code = "again"


def speak(
    turn: Turn,
    speaker: Speaker,
    prompt: Prompt,
    *,
    conversation: tuple[ChatMessage, ...] = (),
    shown: bool = True,
    schema: dict[str, Any] | None = None,
    tools: tuple[ToolSpec, ...] = (),
) -> Spoken:
    """Ask the model, again where that is allowed. Blocks.

    ``conversation`` is what was said since the prompt. With ``shown`` off nothing is streamed and no message
    is made of it. With ``tools`` it may answer with calls, and without a word. Raises a ProviderError when there
    is no answer, or an Interrupted; what was said before is kept and marked.
    """
    asked = _Asked(prompt, conversation, shown, schema, tools)
    failures = 0
    while True:
        turn.gate.checkpoint()
        try:
            return _Attempt(turn, speaker, asked).run()
        except _Again:
            continue
        except ProviderError as problem:
            seconds = turn.desk.settings.retry_seconds * 2**failures
            if problem.started or not problem.can_retry or failures >= speaker.retries:
                raise
            if turn.is_over_in(seconds):
                raise
        turn.gate.wait(seconds)
        failures += 1


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a model is asked, and how its answer is treated."""

    prompt: Prompt
    conversation: tuple[ChatMessage, ...]
    shown: bool
    schema: dict[str, Any] | None
    tools: tuple[ToolSpec, ...]


class _Unheard:
    """Gathers an answer that nobody is to see while it is given."""

    def __init__(self) -> None:
        self._said: dict[bool, list[str]] = {False: [], True: []}
        self.first_at: float | None = None

    def add(self, text: str, is_thinking: bool) -> None:
        if self.first_at is None:
            self.first_at = clock.monotonic()
        self._said[is_thinking].append(text)

    def close(self) -> tuple[str, str]:
        return "".join(self._said[False]), "".join(self._said[True])


class _Attempt:
    """One call to a model, and the message it makes."""

    def __init__(self, turn: Turn, speaker: Speaker, asked: _Asked) -> None:
        self._turn = turn
        self._speaker = speaker
        self._asked = asked
        self._message_id = str(uuid.uuid4())
        self._drawn: Amount | None = None
        self._entry: Entry  # Of the call, in the callbook, from ``run`` on.
        self._held_before = 0.0
        self._cut = False  # Set by the thread of whoever stops the speaker, before it ends the call.

    def run(self) -> Spoken:
        """Blocks. What it may cost is paid before it, and what it has cost is settled after it, in every case."""
        request = self._request()
        self._drawn = self._turn.till.draw(self._speaker.provider_id, request)
        self._held_before = self._turn.gate.held_seconds()
        try:
            with self._turn.desk.callbook.entry(self._speaker.provider_id, request) as self._entry:
                spoken = self._call(request)
                self._entry.finish = spoken.finish
                return spoken
        finally:
            self._settle(None)

    def _call(self, request: ChatRequest) -> Spoken:
        call = self._turn.desk.providers.provider(self._speaker.provider_id).open(request)
        stream = self._open_stream()
        try:
            completion = self._listen(call, stream)
        except (Interrupted, ProviderError) as problem:
            if self._was_cut_short(problem):
                return self._cut_short(call.usage_so_far(), *stream.close())
            self._leave_off(problem, call.usage_so_far(), *stream.close())
        finally:
            said, thought = stream.close()
        self._entry.response_model = completion.model
        usage = self._usage(completion.usage)
        message = self._message(said, thought, completion.finish) if said or thought else ()
        events = (*message, usage)
        return Spoken(self._message_id, said, completion.finish, events, completion.tool_calls)

    def _open_stream(self) -> MessageStream | _Unheard:
        if not self._asked.shown:
            return _Unheard()
        return self._turn.minutes.open_message(
            self._message_id, self._turn.node.node_id, self._speaker.agent_id
        )

    def _request(self) -> ChatRequest:
        speaker, prompt = self._speaker, self._asked.prompt
        opening = (ChatMessage("system", prompt.system), ChatMessage("user", prompt.user))
        return ChatRequest(
            model=speaker.model,
            messages=opening + self._asked.conversation,
            json_schema=self._asked.schema,
            tools=self._asked.tools,
            temperature=speaker.temperature,
            top_p=speaker.top_p,
            max_tokens=speaker.max_tokens or self._limit(),
            timeout_seconds=self._turn.patience_seconds(),
        )

    def _limit(self) -> int | None:
        """Under a cap every answer has a limit: without one its worst case would have no bound."""
        return self._turn.desk.settings.answer_limit_tokens if self._turn.till.capped else None

    def _listen(self, call: Call, stream: MessageStream | _Unheard) -> Completion:
        gate = self._turn.gate

        def on_delta(text: str, is_thinking: bool) -> None:
            if not gate.flowing:
                gate.flow()
            stream.add(text, is_thinking)

        def cut() -> None:
            self._cut = True
            call.cancel()

        with self._turn.calling(call.cancel), self._on_the_floor(cut):
            try:
                return call.run(on_delta)
            finally:
                self._entry.over(stream.first_at)

    def _on_the_floor(self, cut: Cancel) -> AbstractContextManager[None]:
        """Who is heard can be stopped by a person; a sealed ballot cannot."""
        return self._turn.gate.speaking(self._turn.node.node_id, cut) if self._asked.shown else nullcontext()

    # When there is no whole answer

    def _was_cut_short(self, problem: Exception) -> bool:
        """A person stopped this member alone, and nothing graver ended the call at the same time.

        A long pause and a restart are not graver: the member would begin anew after them.
        """
        graver = isinstance(self._turn.gate.ended, Stopped | Fenced) or self._turn.expired
        return self._cut and isinstance(problem, Stopped | GaveWay | ShuttingDown) and not graver

    def _cut_short(self, usage: Usage, said: str, thought: str) -> Spoken:
        """The words so far stand, as no full opinion; without a word the member is absent. Raises CutShort."""
        if said:
            events = (*self._message(said, thought, "cut"), self._usage(usage))
            return Spoken(self._message_id, said, "cut", events)
        absent = CutShort("stopped by a person")
        self._keep(absent, "cut", usage, said, thought)
        raise absent

    def _leave_off(
        self, problem: Interrupted | ProviderError, usage: Usage, said: str, thought: str
    ) -> NoReturn:
        """Keep, mark or drop what was said, and raise why."""
        began = bool(said or thought)
        cause: CouncilError = (
            self._turn.why_cancelled(started=began) if isinstance(problem, Stopped) else problem
        )
        match cause:
            case Fenced():
                pass  # Another process writes now.
            case GaveWay():
                self._drop(began, "paused", usage)
            case ShuttingDown():
                self._drop(began, "restart", usage)
            case StreamBroken() | ProviderUnreachable() if self._was_held():
                self._drop(began, "upstream_closed", usage)
                raise _Again from problem
            case ProviderTimeout() if self._was_held() and not self._turn.expired:
                self._drop(began, "paused", usage)  # The provider's watch runs on in a pause; ours does not.
                raise _Again from problem
            case ProviderError():
                self._keep(cause, "error", usage, said, thought)
            case _:
                self._keep(cause, "cut", usage, said, thought)
        raise cause from problem

    def _was_held(self) -> bool:
        return self._turn.gate.held_seconds() > self._held_before

    def _drop(self, began: bool, reason: Any, usage: Usage) -> None:
        said = MessageDiscarded(message_id=self._message_id, node_id=self._turn.node.node_id, reason=reason)
        self._turn.minutes.write(*([said] if began and self._asked.shown else []), self._usage(usage))

    def _keep(self, problem: Exception, finish: Finish, usage: Usage, said: str, thought: str) -> None:
        """Keep what was said. A call counts, failed or not, unless the server did not take it."""
        was_counted = usage.output_tokens > 0 and not usage.estimated
        if said or thought:
            self._turn.minutes.write(*self._message(said, thought, finish), self._usage(usage))
        elif was_counted or not isinstance(problem, NOT_TAKEN):
            self._turn.minutes.write(self._usage(usage))

    def _message(self, content: str, thinking: str, finish: Finish) -> tuple[Event, ...]:
        """The event that ends the message; none when nobody is to see it."""
        if not self._asked.shown:
            return ()
        return (
            MessageCompleted(
                message_id=self._message_id,
                node_id=self._turn.node.node_id,
                agent_id=self._speaker.agent_id,
                role="agent",
                content=content,
                thinking=thinking,
                html=self._turn.html(content),
                finish=finish,
                round=self._turn.round,
            ),
        )

    def _usage(self, usage: Usage) -> TokenUsage:
        cost = self._turn.desk.cost(self._speaker.provider_id, self._speaker.model, usage)
        self._entry.settle(usage, cost)
        event = TokenUsage(
            node_id=self._turn.node.node_id,
            agent_id=self._speaker.agent_id,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated_cost_usd=None if cost.usd is None else float(cost.usd),
            price=cost.price,
            estimated=usage.estimated,
        )
        self._settle(event)
        return event

    def _settle(self, usage: TokenUsage | None) -> None:
        """Once: only the first word counts."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            self._turn.till.settle(drawn, usage)
