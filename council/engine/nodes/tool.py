"""tool: one call of a tool, without a model."""

import re
from collections.abc import Mapping
from typing import Any

from council.engine.nodes.llm import variables
from council.engine.tools import Toolbox
from council.engine.turn import Turn
from council.errors import ToolFailed
from council.meeting.nodes import ToolCall

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")


def run(turn: Turn) -> dict[str, Any]:
    """What came of it is read by those who come after. Raises ToolFailed when nothing did."""
    properties = ToolCall.model_validate(turn.node.properties)
    turn.minutes.write(*turn.entering())
    toolbox = Toolbox(turn, (properties.tool,), author=turn.node.name)
    done = toolbox.use(properties.tool, filled(properties.arguments, variables(turn)), "tool")
    if not done.ok:
        raise ToolFailed(done.said)
    return turn.conclude({"content": done.output, "heading": turn.node.name, "round": turn.round})


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """The arguments with ``{{name}}`` replaced by that variable, wherever text is; unknown names stay as they are."""
    match value:
        case str():
            return _VARIABLE.sub(lambda found: known.get(found[1], found[0]), value)
        case dict():
            return {key: filled(each, known) for key, each in value.items()}
        case list():
            return [filled(each, known) for each in value]
    return value
