"""llm: a bare prompt over the meeting's variables, asked of a model without a persona."""

import secrets
from typing import Any

from council.engine.nodes.speaking import begin, result_of
from council.engine.speech import Speaker, speak
from council.engine.turn import Turn
from council.meeting.nodes import Llm
from council.meeting.prompts import bare_prompt, numbered
from council.meeting.walk import node_of


def run(turn: Turn) -> dict[str, Any]:
    properties = Llm.model_validate(turn.node.properties)
    member = turn.member
    if member is None:
        raise AssertionError(f"no model is seated at {turn.node.node_id}")
    begin(turn, None)
    prompt = bare_prompt(
        properties.prompt, variables(turn), rules=turn.words("rules"), nonce=secrets.token_hex(12)
    )
    retries = turn.desk.settings.retries if properties.retries is None else properties.retries
    speaker = Speaker(
        None, member.provider_id, member.model, max_tokens=properties.max_tokens, retries=retries
    )
    spoken = speak(turn, speaker, prompt)
    return turn.conclude(result_of(turn, spoken), *spoken.events)


def variables(turn: Turn) -> dict[str, str]:
    """The meeting's variables: subject, objective, documents, and what each node said last."""
    matter = turn.matter
    documents = "\n\n".join(numbered(content) for _name, content in matter.documents)
    spoken = {node_of(key): turn.results[key].get("content", "") for key in turn.heard if key in turn.results}
    return spoken | {"subject": matter.subject, "objective": matter.objective, "documents": documents}
