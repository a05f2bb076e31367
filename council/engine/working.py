"""A member at work with its tools: it asks, reads what came of it and asks again, and then closes in words."""

from dataclasses import asdict, dataclass, replace

from council.engine.speech import Speaker, Spoken, speak
from council.engine.tools import Toolbox
from council.engine.turn import Turn
from council.llm.base import ChatMessage, ToolCall
from council.meeting.calls import TOOL_ROUNDS
from council.meeting.prompts import Prompt


def work(turn: Turn, speaker: Speaker, prompt: Prompt, toolbox: Toolbox) -> Spoken:
    """The member's closing words, after it has used its tools as often as it may. Blocks. Raises as ``speak`` does.

    What it says on the way are messages of their own; each is recorded with the calls it makes before any of them is
    carried out, so that after a crash the same calls are found, and none is carried out twice.
    """
    worker = _Worker(turn, speaker, replace(prompt, user=f"{prompt.user}\n\n{turn.words('tools')}"), toolbox)
    conversation: tuple[ChatMessage, ...] = ()
    for number in range(1, TOOL_ROUNDS + 1):
        said = worker.go_on(conversation, f"tools/{number}")
        if isinstance(said, Spoken):
            return said
        conversation += (said, *worker.results(said, f"tools/{number}"))
    return worker.close(conversation)


@dataclass(frozen=True, slots=True)
class _Worker:
    turn: Turn
    speaker: Speaker
    prompt: Prompt
    toolbox: Toolbox

    def go_on(self, conversation: tuple[ChatMessage, ...], part: str) -> ChatMessage | Spoken:
        """What the model says next: words with calls, or its last words."""
        known = self.turn.recorded(part)
        if known is None:
            spoken = speak(
                self.turn, self.speaker, self.prompt, conversation=conversation, tools=self.toolbox.specs
            )
            if not spoken.tool_calls:
                return spoken
            known = {"content": spoken.content, "calls": [asdict(call) for call in spoken.tool_calls]}
            self.turn.record_part(part, known, *spoken.events)
        calls = tuple(ToolCall(**call) for call in known["calls"])
        return ChatMessage("assistant", known["content"], calls)

    def results(self, asked: ChatMessage, part: str) -> list[ChatMessage]:
        """Every call carried out, and answered under its id."""
        answers = {
            call.id: self.toolbox.answer(call, f"{part}/{number}")
            for number, call in enumerate(asked.tool_calls, start=1)
        }
        return [ChatMessage("tool", done.for_model(), tool_call_id=name) for name, done in answers.items()]

    def close(self, conversation: tuple[ChatMessage, ...]) -> Spoken:
        """Its last words, without tools: it is told so."""
        end = ChatMessage("user", self.turn.words("tools_end"))
        return speak(self.turn, self.speaker, self.prompt, conversation=(*conversation, end))
