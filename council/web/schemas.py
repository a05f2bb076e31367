"""JSON Schemas of our models, as descriptions of the API need them."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from council.web.describe import Schema, Shape


class _Untitled(GenerateJsonSchema):
    """Without a title for each field: it would say no more than the name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class Schemas:
    """The schemas of a document's models, each once. A model that is sent and answered may have two."""

    def __init__(
        self,
        models: Iterable[tuple[type[BaseModel], bool] | type[BaseModel]],
        *,
        place: str = "#/components/schemas/",
    ) -> None:
        """``models`` each with whether it is answered; one by itself is."""
        wanted = dict.fromkeys(_with_mode(each) for each in models)
        found, whole = models_json_schema(
            list(wanted), ref_template=f"{place}{{model}}", schema_generator=_Untitled
        )
        self._refs = found
        self._place = place
        self.components: dict[str, Schema] = {
            name: readable(schema) for name, schema in sorted(whole.get("$defs", {}).items())
        }

    def of(self, shape: Shape, *, answered: bool = False) -> Schema:
        """A reference to a model's schema; a schema as it is."""
        return dict(self._refs[_with_mode((shape, answered))]) if isinstance(shape, type) else shape

    def whole(self, shape: Shape, *, answered: bool = False) -> Schema:
        """The schema itself."""
        found = self.of(shape, answered=answered)
        return copy.deepcopy(
            self.components[found["$ref"].removeprefix(self._place)] if "$ref" in found else found
        )

    def used_by(self, whole: Any) -> dict[str, Schema]:
        """Those of the schemas that this refers to, and those that they refer to."""
        waiting, used = list(self._named_in(whole)), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting.extend(self._named_in(self.components[name]))
        return {name: schema for name, schema in self.components.items() if name in used}

    def _named_in(self, value: Any) -> Iterator[str]:
        match value:
            case {"$ref": str(ref)} if ref.startswith(self._place):
                yield ref.removeprefix(self._place)
            case dict():
                for each in value.values():
                    yield from self._named_in(each)
            case list():
                for each in value:
                    yield from self._named_in(each)


def _with_mode(
    given: tuple[type[BaseModel], bool] | type[BaseModel],
) -> tuple[type[BaseModel], JsonSchemaMode]:
    model, answered = given if isinstance(given, tuple) else (given, True)
    mode: Literal["serialization", "validation"] = "serialization" if answered else "validation"
    return model, mode


def readable(schema: Any) -> Any:
    """A docstring's ``code`` as Markdown's."""
    match schema:
        case {"description": str(text), **rest}:
            return {"description": " ".join(text.replace("``", "`").split())} | {
                name: readable(each) for name, each in rest.items()
            }
        case dict():
            return {name: readable(each) for name, each in schema.items()}
        case list():
            return [readable(each) for each in schema]
        case _:
            return schema
