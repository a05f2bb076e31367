"""/sessions/{id}/files: the versioned files of a meeting, read and rolled back."""

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from council.commands import invalid_fields
from council.engine.cabinet import Cabinet
from council.errors import Invalid
from council.meeting.paths import MAX_CHARACTERS
from council.parts import Parts
from council.store.files import Limits
from council.web import file_shapes as shapes
from council.web.auth import asker, me
from council.web.body import idempotency_key, read_number, read_object, read_query
from council.web.describe import IDEMPOTENCY_KEY, Body, Input, describes, limit, number, text
from council.web.ids import known

MAX_PAGE = 1_000
MAX_DIFFERENCES = 100  # Each takes a moment to make.
MAX_VERSION = 2**31 - 1


class Rollback(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    path: str = Field(min_length=1, max_length=MAX_CHARACTERS)
    version: int = Field(ge=1, le=MAX_VERSION)


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("files", __name__, url_prefix="/api/v1/sessions/<session_id>/files")
    cabinet = Cabinet(parts.store, parts.journal, Limits.of(parts.settings))

    def existing(session_id: str) -> str:
        """The id as it is stored. Raises NotFound."""
        parts.archive.position(known(session_id))
        return known(session_id)

    @api.get("")
    @describes(
        "read_files",
        "List a meeting's files, or read one",
        details="Without `path`: the newest version of each, by path. With it: that file with its content.",
        inputs=(
            text("The file to read.", name="path"),
            number("version", "Which of its versions; without it the newest.", least=1, most=MAX_VERSION),
            text("The last path you have.", name="after"),
            limit(100, MAX_PAGE),
        ),
        answer=shapes.FilesOrFile,
    )
    def files(session_id: str) -> Response:
        query, session_id = read_query("path", "version", "after", "limit"), existing(session_id)
        if "path" in query:
            return jsonify(parts.archive.file(session_id, query["path"], _version(query)))
        if "version" in query:
            raise Invalid("version: of which file?", hint="Name its path, too.")
        limit = read_number(query, "limit", 100, least=1, most=MAX_PAGE)
        return jsonify(parts.archive.files(session_id, query.get("after", ""), limit))

    @api.get("/history")
    @describes(
        "read_file_history",
        "Read a file's versions, each with its difference",
        inputs=(
            Input("path", {"type": "string"}, "The file.", required=True),
            number("after", "The last version you have.", least=0, most=MAX_VERSION, default=0),
            limit(20, MAX_DIFFERENCES),
        ),
        answer=shapes.FileHistory,
    )
    def history(session_id: str) -> Response:
        query, session_id = read_query("path", "after", "limit"), existing(session_id)
        if "path" not in query:
            raise Invalid("path: say which file.", hint="GET …/files lists them.")
        after = read_number(query, "after", 0, least=0, most=MAX_VERSION)
        limit = read_number(query, "limit", 20, least=1, most=MAX_DIFFERENCES)
        return jsonify(parts.archive.file_history(session_id, query["path"], after, limit))

    @api.post("/rollback")
    @describes(
        "roll_back_file",
        "Make an old version of a file the newest one",
        inputs=(IDEMPOTENCY_KEY,),
        body=Body({"path": "plan.md", "version": 1}, Rollback),
        answer=shapes.RolledBack,
        errors={
            404: "There is no such version.",
            409: "It is the newest one already (`conflict`), or the meeting is over (`illegal_transition`).",
        },
    )
    def rollback(session_id: str) -> Response:
        body, session_id = read_object(), existing(session_id)
        try:
            wanted = Rollback.model_validate(body)
        except ValidationError as problem:
            raise invalid_fields(problem, Rollback) from problem
        done = cabinet.roll_back(
            session_id,
            wanted.path,
            wanted.version,
            by=me().name,
            command_id=asker(parts, me()).own_id(idempotency_key()),
        )
        return jsonify(done)

    return api


def _version(query: dict[str, str]) -> int | None:
    return read_number(query, "version", 1, least=1, most=MAX_VERSION) if "version" in query else None
