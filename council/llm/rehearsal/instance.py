"""A rehearsed answer as data: a valid instance of a JSON schema, or of an example in the prompt."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from council.llm.rehearsal.brief import Brief, Role
from council.llm.rehearsal.judgement import has_moved, judge, rank, stance
from council.llm.rehearsal.speech import evidence, voice_for

MAX_DEPTH = 12
_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "12:00:00Z",
    "uri": "https://example.org/",
    "email": "rehearsal@example.org",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_ABSTENTIONS = frozenset({"abstain", "abstention", "none", "弃权"})
_WORDS: Mapping[str, tuple[str, ...]] = {
    "for": ("yes", "approve", "for", "是", "赞成"),
    "against": ("no", "reject", "against", "否", "反对"),
    "undecided": ("undecided",),
}
_SCORES: Mapping[str, tuple[float, float]] = {
    "for": (0.65, 1.0),
    "against": (0.0, 0.35),
    "undecided": (0.4, 0.6),
}
_RANGE = re.compile(r"(?<=[:\[,\s])(\d+)\s*(?:-|–|\.\.)\s*(\d+)(?=\s*[,}\]])")
_SHORTHAND = re.compile(r'\{(\s*"\w+"\s*(?:,\s*"\w+"\s*)*)\}')
_ELLIPSIS = re.compile(r",?\s*(?<![\"\w])(…|\.\.\.)(?![\"\w])")


class Instances:
    """Makes data that fits a form. Equal prompts get equal data."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._voice = voice_for(brief)
        self._dice = brief.dice()
        self._turns: Counter[str] = Counter()

    # Public

    def of_schema(self, schema: Mapping[str, Any]) -> Any:
        """A valid instance: every property filled, choices made, numbers within their limits."""
        return _Schema(schema, self).instance(schema, "", 0)

    def of_example(self, example: str) -> Any:
        """The example with its values made up; ``None`` when it cannot be read as a form."""
        form = _ELLIPSIS.sub("", _RANGE.sub(r'"\1-\2"', _SHORTHAND.sub(_spelled, example)))
        try:
            filled = self._filled(json.loads(form), "")
        except (ValueError, RecursionError):
            return None
        if self._brief.reads_count and isinstance(filled, dict) and "verdict" in filled:
            filled["decision"] = self._brief.counted or "none"
        return filled

    # Values by name

    def number(self, name: str, least: float, most: float) -> int:
        found = judge(self._brief)
        known = {
            "strategic_alignment": found.parts[0],
            "practical_value": found.parts[1],
            "logical_consistency": found.parts[2],
            "weighted_total": found.total,
        }
        value = known.get(name, math.ceil(least + (most - least) * self._dice.uniform(0.4, 0.9)))
        return int(min(max(value, math.ceil(least)), math.floor(most)))

    def fraction(self, name: str, least: float, most: float) -> float:
        """A number between two that have no whole one between them, such as a confidence."""
        value = round(least + (most - least) * self._dice.uniform(0.5, 0.95), 2)
        return min(max(value, least), most)

    def choice(self, name: str, options: Sequence[Any]) -> Any:
        """The option that suits where the member stands; an abstention only where there is nothing else."""
        if name == "verdict" and judge(self._brief).verdict in options:
            return judge(self._brief).verdict
        for option in options:
            if str(option).lower() in _WORDS[stance(self._brief)]:
                return option
        voting = [option for option in options if str(option).lower() not in _ABSTENTIONS] or list(options)
        if name != "vote":
            return self._dice.choice(voting)
        if all(type(option) is int for option in voting):
            return self._score(voting)
        return rank(self._brief, voting)[0]

    def ranking(self, options: Sequence[Any]) -> list[Any]:
        return rank(self._brief, options)

    def _score(self, scores: Sequence[int]) -> int:
        low, high = (round(share * (len(scores) - 1)) for share in _SCORES[stance(self._brief)])
        return sorted(scores)[self._dice.randint(low, high)]

    def text(self, name: str) -> str:
        """A sentence that suits the name; each call gives the next one."""
        voice, name = self._voice, name.lower().rstrip("s")
        turn = self._turns[name]
        self._turns[name] += 1
        if name in ("evidence", "source", "quote"):
            return evidence(self._brief, turn)
        if phrases := self._phrases(name):
            return phrases[turn % len(phrases)]
        reasons = voice.reasons[self._side(name)]
        first = Random(self._brief.character).randrange(len(reasons))
        return voice.mark + reasons[(first + turn) % len(reasons)].replace("。** ", "。").replace("**", "")

    def _side(self, name: str) -> Role:
        """Whose reasons it gives: those of its role; a plain member's for its vote are those of the side it is on."""
        where = stance(self._brief)
        if self._brief.role != "member" or name != "reason" or where == "undecided":
            return self._brief.role
        return where

    def _phrases(self, name: str) -> Sequence[str]:
        if name in ("claim", "dispute"):
            return self._voice.disputes
        if name in ("order", "action", "step"):
            return self._voice.orders
        return self._voice.titles if name in ("title", "name", "task") else ()

    # The values of an example

    def _filled(self, value: Any, name: str) -> Any:
        match value:
            case dict() if "position" in value:
                return {key: self._stated(key, inner) for key, inner in value.items()}
            case dict():
                return {key: self._filled(inner, key) for key, inner in value.items()}
            case list():
                return [self._filled(inner, name) for inner in (value[:1] * 2)]
            case bool() | None:
                return value
            case int() | float():
                return self.number(name, 0, 100) if value in (0, 100) else value
            case str():
                return self._filled_text(value, name)
        raise AssertionError("json.loads makes nothing else")

    def _stated(self, key: str, value: Any) -> Any:
        """A field of a member's position; it owns to a change only when it has changed."""
        moved = has_moved(self._brief)
        match key:
            case "confidence":
                return self.fraction(key, 0.0, 1.0)
            case "changed":
                return moved
            case "because_of":
                return self._influence() if moved else None
            case "error":
                return self._dice.choice(self._voice.errors) if moved else None
        return self._filled(value, key)

    def _influence(self) -> str | None:
        members = [said.member for said in self._brief.said if said.member.startswith("Member ")]
        return self._dice.choice(members) if members else None

    def _filled_text(self, value: str, name: str) -> Any:
        if limits := re.fullmatch(r"(\d+)-(\d+)", value):
            return self.number(name, int(limits[1]), int(limits[2]))
        options = [option.strip() for option in value.split("|")]
        return self.choice(name, options) if len(options) > 1 else self.text(name)


class _Schema:
    """Walks one JSON schema."""

    def __init__(self, root: Mapping[str, Any], values: Instances) -> None:
        self._root = root
        self._values = values

    def instance(self, schema: Any, name: str, depth: int) -> Any:
        """The first that applies: a constant, a choice, a branch; else by type."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if options := schema.get("enum"):
            return self._values.choice(name, options)
        for word in ("anyOf", "oneOf"):
            if branches := schema.get(word):
                return self.instance(self._branch(branches, depth), name, depth + 1)
        return self._by_type(schema, name, depth)

    def _by_type(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        match _type(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer":
                return self._number(schema, name)
            case "number":
                return self._number(schema, name)
            case "boolean":
                return self._values.choice(name, (True, False))
            case "null":
                return None
        return self._text(schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        names = [name for name in properties if depth < MAX_DEPTH or name in required]
        return {name: self.instance(properties[name], name, depth + 1) for name in names}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        items = self._resolved(schema.get("items") or {})
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        if options := items.get("enum"):
            ranked = self._values.ranking(options)
            return ranked[: int(min(len(ranked), most))]
        count = int(min(max(least, 0 if depth >= MAX_DEPTH else 2), most))
        return [self.instance(items, name, depth + 1) for _ in range(count)]

    def _number(self, schema: Mapping[str, Any], name: str) -> int | float:
        whole = _type(schema) == "integer"
        gap = 1 if whole else 1e-6
        least = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf) + gap)
        most = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf) - gap)
        low, high = _finite(least, most)
        if not whole and high - low <= 1 and not schema.get("multipleOf"):
            return self._values.fraction(name, low, high)
        value = self._values.number(name, low, high)
        step = schema.get("multipleOf") or 0
        return value if not step else math.ceil(low / step) * step

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        text = _FORMATS.get(schema.get("format", "")) or self._values.text(name)
        return text[: schema.get("maxLength")].ljust(schema.get("minLength", 0), ".")

    def _branch(self, branches: Sequence[Any], depth: int) -> Any:
        """The first branch that is not null; deep down, null, so that recursion ends."""
        nulls = [branch for branch in branches if _type(self._resolved(branch)) == "null"]
        if depth >= MAX_DEPTH and nulls:
            return nulls[0]
        return next((branch for branch in branches if branch not in nulls), branches[0])

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        """Without ``$ref`` and ``allOf``."""
        resolved: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
        for _ in range(MAX_DEPTH):
            if reference := resolved.get("$ref"):
                resolved = {**self._pointed(reference), **{k: v for k, v in resolved.items() if k != "$ref"}}
        for part in resolved.get("allOf", ()):
            resolved = {**self._resolved(part), **resolved}
        return resolved

    def _pointed(self, reference: str) -> Mapping[str, Any]:
        found: Any = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            found = found.get(step, {}) if isinstance(found, Mapping) and step else found
        return found if isinstance(found, Mapping) else {}


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind)


def _finite(least: float, most: float) -> tuple[float, float]:
    """Limits for numbers that have none: about 0 to 100, as scores are."""
    if math.isinf(least) and math.isinf(most):
        return 0, 100
    if math.isinf(least):
        return most - 100, most
    return least, least + 100 if math.isinf(most) else most


def _spelled(shorthand: re.Match[str]) -> str:
    """``{"claim", "evidence"}`` as people write it, in JSON."""
    names = re.findall(r'"(\w+)"', shorthand[1])
    return json.dumps(dict.fromkeys(names, "…"))
