"""What groups know: /groups/{group_id}/knowledge, and what of it came of one meeting."""

from typing import Annotated, Any, get_args

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, StringConstraints

from council.engine.shelving import parsed
from council.errors import Forbidden, Invalid, NotFound
from council.parts import Parts
from council.store import knowledge
from council.store.knowledge import Layer
from council.store.memory import Memory
from council.web import shelf_shapes as shapes
from council.web.auth import is_shared_memory, me
from council.web.body import read_number, read_object, read_query
from council.web.describe import CURSOR, NOTHING, Answer, Body, describes, limit, text
from council.web.ids import known

MAX_PAGE = 200
_PAGE = (
    text(
        "Words that must all be in title or content; at most 32 of them.",
        name="q",
        maxLength=knowledge.MAX_QUERY,
    ),
    text("Working memory, or what people keep.", name="layer", enum=list(get_args(Layer))),
    limit(50, MAX_PAGE),
    CURSOR,
)
_WORDS = {"title": "Backups", "content": "We restore one every quarter."}
Title = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]
Content = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]


class Note(BaseModel):
    """What somebody wants the group to know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    title: Title
    content: Content


class NoteChange(BaseModel):
    """New words; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    title: Title | None = None
    content: Content | None = None


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("knowledge", __name__, url_prefix="/api/v1")
    memory = Memory(parts.store, parts.library)
    every = "/groups/<group_id>/knowledge"
    one = f"{every}/<knowledge_id>"

    @api.before_request
    def keep_shared_memory() -> None:
        """Raises Forbidden: everybody's meetings would tell each other what they found."""
        group_id = (request.view_args or {}).get("group_id")
        if group_id is not None and is_shared_memory(parts, me(), group_id):
            raise Forbidden(
                "This group comes with Council and is everybody's: what it remembers is the admins'.",
                code="not_yours",
                hint=f"Copy it: POST /api/v1/groups/{group_id}/copy. What the copy remembers is yours.",
            )

    @api.get(every)
    @describes(
        "list_knowledge", "List what a group knows, newest first", inputs=_PAGE, answer=shapes.KnowledgePage
    )
    def of_group(group_id: str) -> Response:
        return jsonify(memory.of_group(group_id, **_page()))

    @api.get("/sessions/<session_id>/knowledge")
    @describes(
        "list_knowledge_of_session", "List what came of a meeting", inputs=_PAGE, answer=shapes.KnowledgePage
    )
    def of_session(session_id: str) -> Response:
        return jsonify(memory.of_session(known(session_id), **_page()))

    @api.post(every)
    @describes(
        "add_knowledge",
        "Give a group a note, for the long term",
        body=Body(_WORDS, Note),
        answers={201: Answer.of(shapes.Knowledge)},
        errors={409: "The group keeps as much as it can (`conflict`)."},
    )
    def add(group_id: str) -> tuple[Response, int]:
        parts.library.group(group_id)
        note = parsed(Note, read_object())
        return jsonify(memory.add(group_id, title=note.title, content=note.content)), 201

    @api.get(one)
    @describes("read_knowledge", "Read one thing that a group knows", answer=shapes.Knowledge)
    def read(group_id: str, knowledge_id: str) -> Response:
        read_query()
        return jsonify(memory.read(group_id, _number(knowledge_id)))

    @api.put(one)
    @describes(
        "change_knowledge",
        "Change the words of what a group keeps",
        body=Body(_WORDS, NoteChange),
        answer=shapes.Knowledge,
        errors={409: "Working memory stays as it is (`conflict`)."},
    )
    def change(group_id: str, knowledge_id: str) -> Response:
        number = memory.read(group_id, _number(knowledge_id))["knowledge_id"]
        changes = parsed(NoteChange, read_object()).model_dump(exclude_none=True)
        return jsonify(memory.change(group_id, number, **changes))

    @api.post(f"{one}/promote")
    @describes(
        "promote_knowledge",
        "Keep for the long term what a meeting has found",
        answer=shapes.Knowledge,
        errors={409: "The group keeps as much as it can (`conflict`)."},
    )
    def promote(group_id: str, knowledge_id: str) -> Response:
        return jsonify(memory.promote(group_id, _number(knowledge_id)))

    @api.delete(one)
    @describes("delete_knowledge", "Forget one thing that a group knows", answers={204: NOTHING})
    def delete(group_id: str, knowledge_id: str) -> tuple[str, int]:
        memory.delete(group_id, _number(knowledge_id))
        return "", 204

    return api


def _number(raw: str) -> int:
    """The number in an address. Raises NotFound when nothing can have it."""
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16):
        raise NotFound(f"Nothing has the number {raw[:64]!r}.", hint="GET …/knowledge lists what there is.")
    return int(raw)


def _page() -> dict[str, Any]:
    """What the query asks for. Raises Invalid."""
    query = read_query("q", "layer", "limit", "cursor")
    layer = query.get("layer")
    if layer is not None and layer not in get_args(Layer):
        raise Invalid(f"layer: use one of {', '.join(get_args(Layer))}.")
    return {
        "words": query.get("q", ""),
        "layer": layer,
        "limit": read_number(query, "limit", 50, least=1, most=MAX_PAGE),
        "cursor": query.get("cursor"),
    }
