"""What groups know: /groups/{group_id}/knowledge, and what of it came of one meeting."""

from typing import Annotated, Any, get_args

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, StringConstraints

from council.engine.shelving import parsed
from council.errors import Invalid, NotFound
from council.parts import Parts
from council.store.knowledge import Layer
from council.store.memory import Memory
from council.web.api.sessions import known
from council.web.body import read_number, read_object, read_query

MAX_PAGE = 200
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

    @api.get(every)
    def of_group(group_id: str) -> Response:
        return jsonify(memory.of_group(group_id, **_page()))

    @api.get("/sessions/<session_id>/knowledge")
    def of_session(session_id: str) -> Response:
        return jsonify(memory.of_session(known(session_id), **_page()))

    @api.post(every)
    def add(group_id: str) -> tuple[Response, int]:
        parts.library.group(group_id)
        note = parsed(Note, read_object())
        return jsonify(memory.add(group_id, title=note.title, content=note.content)), 201

    @api.get(one)
    def read(group_id: str, knowledge_id: str) -> Response:
        read_query()
        return jsonify(memory.read(group_id, _number(knowledge_id)))

    @api.put(one)
    def change(group_id: str, knowledge_id: str) -> Response:
        number = memory.read(group_id, _number(knowledge_id))["knowledge_id"]
        changes = parsed(NoteChange, read_object()).model_dump(exclude_none=True)
        return jsonify(memory.change(group_id, number, **changes))

    @api.post(f"{one}/promote")
    def promote(group_id: str, knowledge_id: str) -> Response:
        return jsonify(memory.promote(group_id, _number(knowledge_id)))

    @api.delete(one)
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
