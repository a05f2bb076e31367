"""The parts of docs/reference that are made from the code: ``python -m tests.docs.reference`` writes them anew.

A made part stands between ``<!-- made: what -->`` and ``<!-- end -->``; all else on those pages is written by hand.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from council.cli import council as terminal
from council.commands import COMMANDS, Cap, Document, Inputs, ReviewData
from council.errors import BadInput, CouncilError, Interrupted, MissingWord, Refused
from council.events import EVENTS
from council.live.socket import HandshakeFailed
from council.llm.endpoints import KNOWN
from council.llm.price_file import BadPrices
from council.meeting.nodes import NODE_TYPES
from council.settings import Settings, SettingsError, TerminalSettings, known_names
from council.store.library import Library
from council.web.measures import METRICS

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
_MADE = re.compile(r"(<!-- made: (?P<what>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_BRANCHES = (BadInput, Refused, MissingWord)  # Never raised themselves.
_INSIDE = (Interrupted, SettingsError, BadPrices)

_OF_THE_TERMINAL = [f"COUNCIL_{name}".upper() for name in TerminalSettings.model_fields]

Row = tuple[str, ...]


def main() -> None:
    for page in sorted(FOLDER.glob("*.md")):
        page.write_text(made_anew(page.read_text("utf-8")), "utf-8")


def made_anew(text: str) -> str:
    """The page with its made parts as the code has them now. Raises KeyError for a part that nobody makes."""
    makers = _makers()
    return _MADE.sub(lambda part: f"{part[1]}{makers[part['what']]()}\n{part[3]}", text)


def made_parts(text: str) -> list[str]:
    """What each made part of a page is of."""
    return [part["what"] for part in _MADE.finditer(text)]


def _makers() -> dict[str, Callable[[], str]]:
    """Every part there is, by the name that stands on the page."""
    makers: dict[str, Callable[[], str]] = {
        "settings of the process": lambda: _settings(
            lambda name: "__" not in name and "_LLM_" not in name and name not in _OF_THE_TERMINAL
        ),
        "settings of the terminal": lambda: _settings(lambda name: name in _OF_THE_TERMINAL),
        "commands of the terminal": _terminal,
        "settings of models": lambda: _settings(lambda name: "_LLM_" in name),
        "settings of live": lambda: _settings(lambda name: "_LIVE__" in name),
        "settings of engine": lambda: _settings(lambda name: "_ENGINE__" in name),
        "settings of search": lambda: _settings(lambda name: "_SEARCH__" in name),
        "settings of limits": lambda: _settings(lambda name: "_LIMITS__" in name),
        "settings of oidc": lambda: _settings(lambda name: "_OIDC__" in name),
        "keys of providers": _provider_keys,
        "metrics": _metrics,
        "errors": _errors,
        "templates": _templates,
        "agents": _agents,
        "fields of inputs": lambda: _fields(Inputs),
        "fields of a document": lambda: _fields(Document),
        "fields of a cap": lambda: _fields(Cap),
        "fields of a review": lambda: _fields(ReviewData),
    }
    makers |= {f"fields of {name}": _maker(kind) for name, kind in COMMANDS.items()}
    makers |= {f"data of {name}": _maker(kind, defaults=False) for name, kind in EVENTS.items()}
    makers |= {f"properties of {name}": _maker(kind) for name, kind in NODE_TYPES.items()}
    return makers


def _maker(kind: type[BaseModel], *, defaults: bool = True) -> Callable[[], str]:
    return lambda: _fields(kind, defaults=defaults)


# Settings


def _settings(wanted: Callable[[str], bool]) -> str:
    schemas = dict(_settings_schemas())
    rows = [
        (f"`{name}`", _value(default), _spell(_without_null(schemas[name])), help_text)
        for name, (default, help_text) in known_names().items()
        if wanted(name)
    ]
    return _table(("Variable", "Default", "Takes", "What it is for"), rows)


def _metrics() -> str:
    rows = [
        (
            f"`{name}{'_total' if about.kind == 'counter' else ''}`",
            about.kind,
            ", ".join(f"`{label}`" for label in about.labels) or "–",
            about.help,
        )
        for name, about in METRICS.items()
    ]
    return _table(("Metric", "Kind", "Labels", "What it says"), rows)


def _settings_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    for schema in (Settings.model_json_schema(), TerminalSettings.model_json_schema()):
        for name, field in schema["properties"].items():
            group = field.get("$ref", "").rpartition("/")[2]
            if group:
                for inner, knob in schema["$defs"][group]["properties"].items():
                    yield f"COUNCIL_{name}__{inner}".upper(), knob
            else:
                yield f"COUNCIL_{name}".upper(), field


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A variable is set or not; it is never null."""
    kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else schema


def _provider_keys() -> str:
    rows = [
        (
            str(place),
            f"`{known.key_name}`" + (f", `{known.url_name}`" if known.url_name else ""),
            known.name,
            f"`{known.provider_id}`",
            f"`{known.model}`",
        )
        for place, known in enumerate(KNOWN, start=2)
    ]
    return _table(("Order", "Variables", "Provider", "`provider_id`", "Model it uses"), rows)


# The terminal


def _terminal() -> str:
    return "\n\n".join(_commands(terminal, "council")).strip()


def _commands(command: click.Command, name: str) -> Iterator[str]:
    """A section for each command, those of a group after it."""
    context = click.Context(command, info_name=name)
    usage = " ".join((name, *command.collect_usage_pieces(context)))
    yield f"### `{name}`\n\n`{usage}`\n\n{_help(command)}{_options(command, context)}"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _commands(found, f"{name} {inner}")


def _help(command: click.Command) -> str:
    """The help as paragraphs; what is to be typed keeps its lines."""
    text, _, example = (command.help or "").partition("\b\n")
    lines = [line.strip() for line in example.splitlines() if line.strip() and line.strip() != "Example:"]
    typed = "\n\n```text\n" + "\n".join(lines) + "\n```" if lines else ""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(part for part in paragraphs if part) + typed


def _options(command: click.Command, context: click.Context) -> str:
    found = [each.get_help_record(context) for each in command.params]
    rows = [(f"`{record[0]}`", " ".join(record[1].split())) for record in found if record and record[1]]
    return f"\n\n{_table(('Option', 'What it is for'), rows)}" if rows else ""


# Errors


def error_kinds() -> Iterator[type[CouncilError]]:
    """Every error of the tree, in its order."""
    waiting: list[type[CouncilError]] = [CouncilError]
    while waiting:
        kind = waiting.pop(0)
        if kind.__module__.startswith("council."):  # Tests have errors of their own.
            yield kind
        waiting[:0] = kind.__subclasses__()


def _errors() -> str:
    kinds = {kind.code: kind for kind in error_kinds() if kind not in _BRANCHES and _travels(kind)}
    rows = [
        (f"`{code}`", str(kind.status), "yes" if kind.can_retry else "no", kind.hint or "–")
        for code, kind in kinds.items()
    ]
    return _table(("Code", "HTTP", "`can_retry`", "Usual hint"), rows)


def _travels(kind: type[CouncilError]) -> bool:
    """Interruptions stay inside; errors of the configuration end the start before anybody can ask."""
    return not issubclass(kind, (*_INSIDE, HandshakeFailed))


# Templates


def _templates() -> str:
    rows = [(f"`{each.template_id}`", each.name, each.description) for each in Library().templates.values()]
    return _table(("`template_id`", "Name", "What happens"), rows)


def _agents() -> str:
    rows = [
        (f"`{each.agent_id}`", each.name, each.description, _value(each.temperature))
        for each in Library().agents.values()
    ]
    return _table(("`agent_id`", "Name", "What it does", "Temperature"), rows)


# Fields of a model


def _fields(kind: type[BaseModel], *, defaults: bool = True) -> str:
    schema = kind.model_json_schema()
    required = schema.get("required", ())
    rows = [
        (f"`{name}`", _spell(field, name))
        + (("**required**" if name in required else _value(field.get("default")),) if defaults else ())
        for name, field in schema.get("properties", {}).items()
    ]
    if not rows:
        return "No fields."
    return _table(("Field", "Is", "Default") if defaults else ("Field", "Is"), rows)


def _spell(schema: dict[str, Any], name: str = "") -> str:
    """A field's type in words."""
    if "anyOf" in schema:
        words = [_spell(each, name) for each in schema["anyOf"]]
        return ("; or " if "," in words[0] else " or ").join(words)
    if "$ref" in schema:
        return f"{schema['$ref'].rpartition('/')[2].lower()}, see below"
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return (
            "one of " + ", ".join(f"`{value}`" for value in values) if len(values) > 1 else f"`{values[0]}`"
        )
    match schema.get("type"):
        case "null":
            return "null"
        case "string":
            return _spell_text(schema, name)
        case "integer":
            return "whole number" + _limits(schema)
        case "number":
            return "number" + _limits(schema)
        case "boolean":
            return "true or false"
        case "array":
            return f"list of {_spell(schema.get('items', {}))}" + _at_most(schema.get("maxItems"), "")
        case "object":
            inner = schema.get("additionalProperties")
            return f"object of {_spell(inner)}s" if isinstance(inner, dict) and inner else "object"
    raise AssertionError(f"{name}: a type that the reference cannot spell: {schema}")


def _spell_text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") == "uuid":
        return "UUID"
    if schema.get("format") == "path":
        return "path"
    if schema.get("format") == "password":
        return "text, kept secret"
    least = ", not empty" if schema.get("minLength") else ""
    return f"text{least}{_at_most(schema.get('maxLength'), ' characters')}"


def _at_most(most: int | None, unit: str) -> str:
    return f", up to {most:,}{unit}" if most else ""


def _limits(schema: dict[str, Any]) -> str:
    least, most, above = (schema.get(key) for key in ("minimum", "maximum", "exclusiveMinimum"))
    if above is not None:
        return f" above {above:g}"
    if least is not None and most is not None:
        return f", {least:g} to {most:,}"
    return f", {least:g} or more" if least is not None else ""


# Markdown


def _value(value: object) -> str:
    return "none" if value in (None, (), [], "") and not isinstance(value, bool) else _code(value)


def _code(value: object) -> str:
    if isinstance(value, dict):
        return "empty"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _table(head: Row, rows: list[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    main()
