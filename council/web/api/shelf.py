"""Plain CRUD over one shelf: list, read, add, copy, change, remove."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy.engine import Connection
from werkzeug.routing import UnicodeConverter

from council.errors import Invalid
from council.meeting.naming import ID_PATTERN, RESERVED
from council.people.access import visible
from council.store.shelf import Kept, Shelf
from council.web.auth import me
from council.web.body import read_object, read_query
from council.web.describe import NOTHING, Answer, Body, Schema, describes

T = TypeVar("T", bound=BaseModel)

MAX_ID = 128
_ID: Schema = {
    "type": ["string", "null"],
    "maxLength": MAX_ID,
    "pattern": ID_PATTERN,
    "description": "Its id; made of the name when none is given.",
}
_SENT_BACK: Mapping[str, Schema] = {
    "updated_at": {"type": ["string", "null"], "description": "As it was read."},
    "is_system": {"description": "As it was read; it changes nothing."},
    "created_at": {"description": "As it was read; it changes nothing."},
}
_OF_THE_SERVER = ("is_system", "created_at")  # An answer sent back with a change in it has them, too.


@dataclass(frozen=True, slots=True)
class Rules(Generic[T]):
    """What makes this kind different from the others."""

    # A body without its id, the id, and what is changed or copied. Raises Invalid.
    read: Callable[[dict[str, Any], str, T | None], T]
    may_keep: Callable[[Connection, T], None]
    may_remove: Callable[[Connection, str], None]
    max_name: int
    described: "Described"


@dataclass(frozen=True, slots=True)
class Described:
    """How the routes are described: what is sent, one thing and all of them as they are answered, and an example."""

    body: type[BaseModel]
    item: type[BaseModel]
    items: type[BaseModel]
    example: dict[str, Any]
    needs: str  # What keeps one from being removed.


def install(api: Blueprint, shelf: Shelf[T], rules: Rules[T]) -> None:
    """Give the blueprint the six routes of this shelf."""
    word, id_name = shelf.kind.word, shelf.kind.id_name
    every, one = f"/{word}s", f"/{word}s/<own_id:{id_name}>"
    told = rules.described
    location = Answer.of(told.item, Location="The address of it.")
    api.record(lambda state: state.app.url_map.converters.update(own_id=_OwnId))

    def seen() -> Shelf[T]:
        return shelf.within(visible(me(), shelf.kind.word))  # type: ignore[arg-type]

    def add(value: T, wanted_id: str | None) -> tuple[Response, int, dict[str, str]]:
        kept = shelf.add(
            value,
            name=_name(value),
            wanted_id=wanted_id,
            check=lambda open_: rules.may_keep(open_, value),
            owned_by=me().user_id,
        )
        answer = jsonify(as_item(kept))
        return answer, 201, {"Location": f"/api/v1/{word}s/{shelf.kind.id_of(kept.value)}"}

    @api.get(every, endpoint=f"list_{word}s")
    @describes(f"list_{word}s", f"List the {word}s, those that come with Council first", answer=told.items)
    def listed() -> Response:
        read_query()
        return jsonify(items=[as_item(kept) for kept in seen().all()], next=None)

    @api.post(every, endpoint=f"add_{word}")
    @describes(
        f"add_{word}",
        f"Make {_a(word)} of your own",
        body=Body(told.example, told.body, also={id_name: _ID, **_SENT_BACK}),
        answers={201: location},
        errors={409: "The id is taken, or there are too many (`conflict`)."},
    )
    def create() -> tuple[Response, int, dict[str, str]]:
        body = read_object()
        body.pop("updated_at", None)
        wanted_id = _given_id(body.pop(id_name, None), id_name)
        return add(rules.read(_without(body, *_OF_THE_SERVER), wanted_id or "", None), wanted_id)

    @api.get(one, endpoint=f"read_{word}")
    @describes(f"read_{word}", f"Read {_a(word)}", answer=told.item)
    def read(**ids: str) -> Response:
        read_query()
        return jsonify(as_item(seen().get(ids[id_name])))

    @api.put(one, endpoint=f"change_{word}")
    @describes(
        f"change_{word}",
        f"Write {_a(word)} of your own anew",
        details="All fields anew. With `updated_at` as it was read, a change that somebody has made meanwhile is not "
        "overwritten.",
        body=Body(told.example, told.body, also={id_name: _ID, **_SENT_BACK}),
        answer=told.item,
        errors={
            403: "It comes with Council (`built_in`).",
            409: "Somebody else has saved since (`conflict`).",
        },
    )
    def change(**ids: str) -> Response:
        before = seen().get(ids[id_name]).value
        own_id = shelf.kind.id_of(before)
        body = read_object()
        if body.pop(id_name, own_id) != own_id:
            raise Invalid(
                f"{id_name}: it differs from the address.", hint="An id cannot be changed; copy it."
            )
        read_at = _seen(body.pop("updated_at", None))
        shelf.refuse_built_in(own_id)
        value = rules.read(_without(body, *_OF_THE_SERVER), own_id, before)
        return jsonify(
            as_item(shelf.replace(value, seen=read_at, check=lambda open_: rules.may_keep(open_, value)))
        )

    @api.post(f"{one}/copy", endpoint=f"copy_{word}")
    @describes(
        f"copy_{word}",
        f"Copy {_a(word)}, to be changed",
        details="What is sent goes in the place of the original's fields; nothing has to be sent at all.",
        body=Body(
            {"name": "My own"},
            told.body,
            optional=tuple(told.body.model_fields),
            also={id_name: _ID},
            required=False,
        ),
        answers={201: location},
        errors={409: "The id is taken, or there are too many (`conflict`)."},
    )
    def copy(**ids: str) -> tuple[Response, int, dict[str, str]]:
        original = seen().get(ids[id_name]).value
        body = read_object() if request.get_data() else {}
        given = body.pop("name", f"{_name(original)[: rules.max_name - 7]} (copy)")
        wanted_id = _given_id(body.pop(id_name, None), id_name)
        same = original.model_dump(mode="json", exclude={id_name, "is_system"})
        return add(rules.read(same | body | {"name": given}, wanted_id or "", original), wanted_id)

    @api.delete(one, endpoint=f"remove_{word}")
    @describes(
        f"remove_{word}",
        f"Delete {_a(word)} of your own",
        answers={204: NOTHING},
        errors={403: "It comes with Council (`built_in`).", 409: f"{told.needs} (`in_use`)."},
    )
    def remove(**ids: str) -> tuple[str, int]:
        own_id = ids[id_name]
        shelf.remove(own_id, check=lambda open_: rules.may_remove(open_, own_id))
        return "", 204


class _OwnId(UnicodeConverter):
    """An id in an address; words that stand in the same place belong to other routes."""

    part_isolating = True

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map)
        self.regex = rf"(?!(?:{'|'.join(sorted(RESERVED))})$)[^/]+"


def as_item(kept: Kept[Any]) -> dict[str, Any]:
    """The thing as it travels, with its dates."""
    value: dict[str, Any] = kept.value.model_dump(mode="json")
    return value | {"created_at": kept.created_at, "updated_at": kept.updated_at}


def _name(value: Any) -> str:
    name: str = value.name
    return name


def _given_id(given: object, id_name: str) -> str | None:
    if given is None or given == "":
        return None
    if not isinstance(given, str) or len(given) > MAX_ID or not re.fullmatch(ID_PATTERN, given):
        raise Invalid(
            f"{id_name}: letters, digits, '_', '-' and '.', at most {MAX_ID}.",
            hint="Leave it out: then it is made of the name.",
        )
    if given in RESERVED:
        raise Invalid(f"{id_name}: {given!r} is a word of the address.", hint="Use another id.")
    return given


def _seen(given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise Invalid("updated_at: it is not one of ours.", hint="Send the one that you read, or leave it out.")


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
