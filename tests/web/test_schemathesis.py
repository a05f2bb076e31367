"""Requests that nobody thought of, made of the API's own description, right ones and wrong ones."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from council.parts import Parts
from tests.support.tour import API, start

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}
BESIDE = {"open_socket"}
"""Not asked here: a socket needs a connection of its own, and tests of its own it has."""


@pytest.fixture
def description(make_council: Callable[..., Parts]) -> Any:
    """The description of a Council with a meeting, a note and things of the user's own in it."""
    app = make_council().app  # type: ignore[attr-defined]
    client = app.test_client()
    start(client, template_id="quick_decision", subject="Shall we?", group_id="the_council")
    client.post(
        f"{API}/groups/the_council/knowledge", json={"title": "Backups", "content": "We restore them."}
    )
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
def test_whatever_is_sent_is_answered_as_described(description: Any, mode: GenerationMode) -> None:
    """No error of the server's, and no status, type, header or shape that the description does not have."""
    faults = [fault for operation in each_operation(description) if (fault := fault_of(operation, mode))]
    assert faults == [], "\n".join(faults)


def each_operation(description: Any) -> Iterator[Any]:
    for found in description.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in BESIDE:
            yield operation


def fault_of(operation: Any, mode: GenerationMode) -> str | None:
    """The first thing that is wrong with the answers of an operation, if anything is."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:  # What takes nothing cannot be given anything wrong.
        return None
    except (Exception, BaseExceptionGroup) as problem:
        return f"{operation.label}: {problem}"
    return None
