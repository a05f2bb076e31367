"""llm: a bare prompt over the meeting's variables, asked of a model without a persona."""

import secrets
from typing import Any

from council.engine.nodes.speaking import begin, result_of
from council.engine.speech import Speaker, speak
from council.engine.turn import Turn
from council.meeting.nodes import Llm
from council.meeting.prompts import bare_prompt, numbered


def run(turn: Turn) -> dict[str, Any]:
    properties = Llm.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        raise AssertionError(f"no model is seated at {turn.node.node_id}")
    begin(turn, None)
    prompt = bare_prompt(properties.prompt, _variables(turn), secrets.token_hex(12))
    retries = turn.desk.settings.retries if properties.retries is None else properties.retries
    speaker = Speaker(
        None, member.provider_id, member.model, max_tokens=properties.max_tokens, retries=retries
    )
    spoken = speak(turn, speaker, prompt)
    turn.minutes.conclude(turn.node.node_id, result_of(spoken), *spoken.events)
    return result_of(spoken)


def _variables(turn: Turn) -> dict[str, str]:
    matter = turn.record.matter
    documents = "\n\n".join(numbered(content) for _name, content in matter.documents)
    spoken = {
        node_id: turn.results[node_id].get("content", "") for node_id in turn.heard if node_id in turn.results
    }
    return spoken | {"subject": matter.subject, "objective": matter.objective, "documents": documents}
