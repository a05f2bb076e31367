"""The tools of a turn: each call checked, carried out once, recorded, and answered in words."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from sqlalchemy.engine import Connection

from council.engine import searching
from council.engine.turn import Turn
from council.errors import BadInput, CouncilError, Invalid, Refused, SearchFailed
from council.events import Event, FileWritten, ToolExecution
from council.live.records import Decision
from council.llm.base import ToolCall, ToolSpec
from council.meeting.prompts import Fence
from council.meeting.revisions import edited
from council.meeting.tools import (
    TOOLS,
    ReadFile,
    Search,
    ToolArguments,
    WriteFile,
    checked_arguments,
    description,
    excerpt,
    read_arguments,
    schema,
)
from council.store import files, steps
from council.store.files import Draft

MAX_SHOWN = 4_000  # Characters of what went in and came out that the event shows.
MAX_TOOL_NAME = 60


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a call: our sentence about it, and what it found, which is material."""

    said: str
    material: str = ""
    ok: bool = True

    @property
    def output(self) -> str:
        return f"{self.said}\n{self.material}".strip()

    def for_model(self) -> str:
        return (
            f"{self.said}\n{Fence(secrets.token_hex(12)).around(self.material)}"
            if self.material
            else self.said
        )


class Toolbox:
    """The tools of one turn. Every call is a part of it: carried out once, whatever crashes."""

    def __init__(
        self, turn: Turn, tools: tuple[str, ...], *, author: str, agent_id: str | None = None
    ) -> None:
        self._turn = turn
        self._tools = tools
        self._author = author
        self._agent_id = agent_id

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(ToolSpec(name, description(TOOLS[name]), schema(TOOLS[name])) for name in self._tools)

    def answer(self, call: ToolCall, part: str) -> Done:
        """Carry out what a model asks for; what is wrong with it is the answer. Raises an Interrupted only."""
        return self._once(part, call.name, lambda: read_arguments(call.name, call.arguments))

    def use(self, tool: str, arguments: dict[str, Any], part: str) -> Done:
        """Carry out a call that no model made."""
        return self._once(part, tool, lambda: checked_arguments(tool, arguments))

    def _once(self, part: str, tool: str, read: Callable[[], ToolArguments]) -> Done:
        known = self._turn.recorded(part)
        if known is not None:
            return Done(**known)
        self._turn.gate.checkpoint()
        try:
            if tool not in self._tools:
                self._refuse(tool)
            return self._carry_out(read(), part)
        except BadInput as problem:
            return self._keep(part, tool, {}, _not_done(problem))

    def _refuse(self, tool: str) -> NoReturn:
        raise Invalid(f"You have no tool {tool[:60]!r}.", hint=f"You have: {', '.join(self._tools)}.")

    def _carry_out(self, wanted: ToolArguments, part: str) -> Done:
        match wanted:
            case WriteFile():
                return self._write(wanted, part)
            case ReadFile():
                done = self._read(wanted)
            case Search():
                done = self._search(wanted)
            case _:
                raise AssertionError(f"nobody carries out {wanted.tool}")
        return self._keep(part, wanted.tool, wanted.model_dump(exclude_none=True), done)

    # Each tool

    def _read(self, wanted: ReadFile) -> Done:
        with self._turn.desk.store.read() as connection:
            try:
                return self._read_from(connection, wanted)
            except (BadInput, Refused) as problem:
                return _not_done(problem, self._listing(connection))

    def _read_from(self, connection: Connection, wanted: ReadFile) -> Done:
        if wanted.path is None:
            return Done("The files of this meeting:", self._listing(connection))
        found = files.read(connection, self._turn.record.session_id, wanted.path)
        part = excerpt(found["content"], wanted.first_line, wanted.last_line)
        more = " Ask for the rest by its lines." if part.cut else ""
        said = f"Version {found['version']}, lines {part.first} to {part.last} of {part.count}.{more}"
        return Done(said, f"{found['path']}\n\n{part.text}")

    def _listing(self, connection: Connection) -> str:
        found = files.latest(connection, self._turn.record.session_id)
        return "\n".join(f"{each['path']}, {each['characters']} characters" for each in found) or "none"

    def _search(self, wanted: Search) -> Done:
        try:
            return Done("Found:", searching.find(self._turn, wanted.query))
        except SearchFailed as problem:
            return _not_done(problem)

    def _write(self, wanted: WriteFile, part: str) -> Done:
        """The version, its events and the record of the call: all in one transaction, so that a crash writes once."""

        def decide(connection: Connection) -> Decision:
            events: tuple[Event, ...] = ()
            try:
                written = self._write_to(connection, wanted)
            except (BadInput, Refused) as problem:
                done = _not_done(problem)
            else:
                done = Done(f"Written: version {written.version}, {written.characters} characters.")
                events = (written,)
            steps.record(connection, self._turn.record.session_id, f"{self._turn.key}/{part}", asdict(done))
            shown = wanted.model_dump(exclude_none=True)
            return Decision((*events, self._event(wanted.tool, shown, done)), done)

        done: Done = self._turn.minutes.decide(decide)
        self._turn.look_again()
        return done

    def _write_to(self, connection: Connection, wanted: WriteFile) -> FileWritten:
        session_id, content = self._turn.record.session_id, wanted.content or ""
        if wanted.edits:
            content = edited(files.read(connection, session_id, wanted.path)["content"], wanted.as_edits())
        draft = Draft(wanted.path, content, self._author, wanted.reason)
        limits = self._turn.desk.file_limits
        return files.write(connection, session_id, draft, limits, node_id=self._turn.node.node_id)

    # What is kept of it

    def _keep(self, part: str, tool: str, arguments: dict[str, Any], done: Done) -> Done:
        self._turn.record_part(part, asdict(done), self._event(tool, arguments, done))
        return done

    def _event(self, tool: str, arguments: dict[str, Any], done: Done) -> ToolExecution:
        return ToolExecution(
            node_id=self._turn.node.node_id,
            agent_id=self._agent_id,
            tool=tool[:MAX_TOOL_NAME],
            input=_shortened(arguments),
            output=_short(done.output),
            ok=done.ok,
        )


def _not_done(problem: CouncilError, material: str = "") -> Done:
    hint = problem.hint if problem.hint != type(problem).hint else ""
    return Done(f"Not done. {problem.message} {hint}".strip(), material, ok=False)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _shortened(value: Any) -> Any:
    match value:
        case str():
            return _short(value)
        case dict():
            return {key: _shortened(each) for key, each in value.items()}
        case list() | tuple():
            return [_shortened(each) for each in value]
    return value
