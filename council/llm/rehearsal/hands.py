"""What a rehearsed member does with tools: it reads the document, carries out one order, and says what it changed."""

import json
import re
from dataclasses import dataclass

from council.llm.base import ChatMessage, ChatRequest, ToolCall
from council.llm.rehearsal.brief import Brief
from council.llm.rehearsal.prompt import sections_of, text_of
from council.llm.rehearsal.speech import voice_for

READ, WRITE, SEARCH = "read_file", "write_file", "search"
_LINE = re.compile(r"^L\d+: ?(.*)$", re.MULTILINE)
_DONE = "Written"  # How the answer to a call that wrote something begins.


@dataclass(frozen=True, slots=True)
class Move:
    """Some words and the call that goes with them."""

    words: str
    call: ToolCall

    @property
    def written(self) -> str:
        """All of it, for counting."""
        return f"{self.call.name} {self.call.arguments}"


def next_move(request: ChatRequest, brief: Brief) -> Move | None:
    """The next use of a tool; ``None`` when it is time to close."""
    offered = {tool.name for tool in request.tools}
    asked = [call.name for message in request.messages for call in message.tool_calls]
    path = _first_document(request.messages)
    if READ in offered and READ not in asked and path:
        return _move(brief, len(asked), READ, {"path": path}, path=path)
    if SEARCH in offered and SEARCH not in asked:
        return _move(brief, len(asked), SEARCH, {"query": brief.subject[:200]})
    if WRITE in offered and WRITE not in asked and path and (text := _text_read(request.messages)):
        return _edit(brief, len(asked), path, text)
    return None


def changes(request: ChatRequest, brief: Brief) -> str:
    """A list of what was written, for the closing words; empty for a member who never had a tool."""
    asked = [call for message in request.messages for call in message.tool_calls]
    if not asked:
        return ""
    voice = voice_for(brief)
    answers = {message.tool_call_id: message.content for message in request.messages if message.tool_call_id}
    written = [call for call in asked if call.name == WRITE and answers.get(call.id, "").startswith(_DONE)]
    lines = [_change(call, voice.colon) for call in written] or [f"- {voice.hands['nothing']}"]
    return "\n".join([f"\n\n### {voice.headings['changes']}\n", *lines])


def _change(call: ToolCall, colon: str) -> str:
    given = json.loads(call.arguments)
    return f"- `{given['path']}`{colon}{given['reason']}"


def _edit(brief: Brief, number: int, path: str, text: str) -> Move | None:
    """The first order that the document does not carry out yet, put after its last line."""
    voice = voice_for(brief)
    order = next((order for order in voice.orders if order not in text), None)
    place = next(
        (line for line in reversed(text.splitlines()) if line.strip() and text.count(line) == 1), None
    )
    if order is None or place is None:
        return None
    edit = {"find": place, "replace": f"{place}\n\n{voice.mark}{order}"}
    reason = voice.hands["reason"].format(order=order)
    return _move(brief, number, WRITE, {"path": path, "edits": [edit], "reason": reason}, path=path)


def _move(brief: Brief, number: int, tool: str, arguments: dict[str, object], **places: str) -> Move:
    voice = voice_for(brief)
    words = voice.mark + voice.hands[tool].format(**places)
    return Move(words, ToolCall(f"rehearsed_{number + 1}", tool, json.dumps(arguments, ensure_ascii=False)))


def _first_document(messages: tuple[ChatMessage, ...]) -> str:
    """The name of the first document in the prompt."""
    sections = sections_of(text_of(messages, "user"))
    names = (
        section.fenced[0].words for section in sections if _is_document(section.title) and section.fenced
    )
    return next((words.partition("\n")[0].strip() for words in names), "")


def _is_document(title: str) -> bool:
    return re.fullmatch(r"document \d+", title, re.IGNORECASE) is not None


def _text_read(messages: tuple[ChatMessage, ...]) -> str:
    """What the last file said that was read, without line numbers."""
    read = [
        message.content for message in messages if message.role == "tool" and _LINE.search(message.content)
    ]
    return "\n".join(_LINE.findall(read[-1])) if read else ""
