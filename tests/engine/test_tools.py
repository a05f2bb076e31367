"""Members at work with tools: only those their node gives, five rounds at most, every call carried out once."""

import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from council.engine.nodes.tool import filled
from council.parts import Parts
from council.store import files
from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon, refuse_after
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, member, start
from tests.support.model_server import Answer, Call, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

PLAN = "# Plan\nWe begin soon.\nIt costs little."
PLAN_2 = PLAN.replace("soon", "on 1 May")
INPUTS = {"documents": [{"name": "plan.md", "content": PLAN}]}
EDIT = {"path": "plan.md", "reason": "A date.", "edits": [{"find": "soon", "replace": "on 1 May"}]}
FILE_TOOLS = ("read_file", "write_file")

Script = Callable[[int, dict[str, Any]], Answer]


def with_tools(*tools: str, **properties: Any) -> dict[str, dict[str, Any]]:
    return {
        "start": {"type": "start", "next_ids": ["surgeon"]},
        "surgeon": member("end", agent_id="system_surgeon", tools=list(tools), **properties),
        "end": {"type": "end"},
    }


def operate(parts: Parts, *tools: str, nodes: dict[str, Any] | None = None, **fields: Any) -> Meeting:
    """A meeting of one surgeon with these tools."""
    add_template(parts, "operation", nodes or with_tools(*(tools or FILE_TOOLS)))
    return start(parts, "operation", **({"inputs": INPUTS} | fields))


def calls(*wanted: tuple[str, Any], text: str = "") -> Reply:
    return Reply(text, calls=tuple(Call(name, args, f"call_{n}") for n, (name, args) in enumerate(wanted)))


def play(model: ScriptedModelServer, *answers: Answer) -> None:
    """Each answer in its place of the conversation, whoever asks again; the last one from there on."""
    model.responder = lambda request: answers[min(rounds_of(request), len(answers) - 1)]


def rounds_of(request: dict[str, Any]) -> int:
    """How often the model has answered already."""
    return sum(message["role"] == "assistant" for message in request["messages"])


def results_in(request: dict[str, Any]) -> list[str]:
    return [message["content"] for message in request["messages"] if message["role"] == "tool"]


def versions(meeting: Meeting, path: str = "plan.md") -> list[str]:
    with meeting.parts.store.read() as connection:
        newest = files.read(connection, meeting.session_id, path)["version"]
        return [files.read(connection, meeting.session_id, path, n)["content"] for n in range(1, newest + 1)]


# One call


def test_a_member_edits_a_document(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """It reads, changes, gives a reason and closes; the log says so, and the version before is kept."""
    play(
        model,
        calls(("read_file", {"path": "plan.md"}), text="I read it."),
        calls(("write_file", EDIT)),
        Reply("- A date."),
    )
    meeting = operate(council())
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    assert versions(meeting) == [PLAN, PLAN_2]
    (written,) = meeting.named("file_written")
    assert written == {
        "node_id": "surgeon",
        "path": "plan.md",
        "version": 2,
        "author": "System Surgeon",
        "reason": "A date.",
        "characters": len(PLAN_2),
    }
    read, wrote = meeting.named("tool_execution")
    assert (read["tool"], read["input"], read["ok"]) == ("read_file", {"path": "plan.md"}, True)
    assert "L2: We begin soon." in read["output"]
    assert (wrote["tool"], wrote["input"], wrote["ok"]) == ("write_file", EDIT, True)
    assert [m["content"] for m in meeting.messages("surgeon")] == ["I read it.", "- A date."]
    invariants.check(meeting.parts, meeting.session_id)


def test_the_event_and_the_version_come_together(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``file_written`` stands right before its ``tool_execution``."""
    play(model, calls(("write_file", EDIT)), Reply("Done."))
    meeting = operate(council())
    meeting.wait_for_end()
    names = [event["event"] for event in meeting.events]
    at = names.index("file_written")
    assert names[at + 1] == "tool_execution"


def test_the_next_member_reads_the_newest_version(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What a member reads of a document is what it says when its turn begins."""
    nodes = with_tools(*FILE_TOOLS) | {
        "surgeon": member("reader", agent_id="system_surgeon", tools=list(FILE_TOOLS)),
        "reader": member("end", agent_id="risk_auditor"),
    }
    play(model, calls(("write_file", EDIT)), Reply("Done."))
    meeting = operate(council(), nodes=nodes)
    meeting.wait_for_end()
    first, last = (model.requests[n]["messages"][1]["content"] for n in (0, -1))
    assert "L2: We begin soon." in first
    assert "L2: We begin on 1 May." in last
    assert "soon" not in last


def test_tools_are_described_and_announced(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A member is offered what its node gives, each with a schema, and told how to use it."""
    play(model, Reply("Nothing to do."))
    operate(council()).wait_for_end()
    request = model.requests[0]
    assert [tool["function"]["name"] for tool in request["tools"]] == list(FILE_TOOLS)
    assert request["tools"][1]["function"]["parameters"]["required"] == ["path", "reason"]
    assert "five times at most" in request["messages"][1]["content"]


def test_several_calls_at_once(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Parallel calls are carried out in their order, and each is answered under its id."""
    more = {"path": "notes/new.md", "reason": "Notes.", "content": "Hello."}
    play(model, calls(("write_file", EDIT), ("write_file", more), ("read_file", {})), Reply("Done."))
    meeting = operate(council())
    meeting.wait_for_end()
    assert [(f["path"], f["version"]) for f in meeting.named("file_written")] == [
        ("plan.md", 2),
        ("notes/new.md", 1),
    ]
    sent = [message for message in model.requests[-1]["messages"] if message["role"] == "tool"]
    assert [message["tool_call_id"] for message in sent] == ["call_0", "call_1", "call_2"]
    assert "notes/new.md, 6 characters" in sent[2]["content"]


def test_results_are_fenced(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What a file says stands between two markers with a nonce of their own, and nothing of it outside."""
    play(model, calls(("read_file", {"path": "plan.md"}), ("read_file", {"path": "plan.md"})), Reply("Done."))
    operate(council()).wait_for_end()
    nonces = []
    for result in results_in(model.requests[-1]):
        fenced = re.fullmatch(
            r"Version 1, lines 1 to 3 of 3\.\n=== (\w{24}) ===\n(.*)\n=== \1 ===", result, re.DOTALL
        )
        assert fenced is not None
        assert fenced[2].startswith("plan.md\n\nL1: # Plan")
        nonces.append(fenced[1])
    assert len(set(nonces)) == 2


def test_references_are_to_the_newest_lines(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What a member wrote it may cite at once; lines that the document still has not are marked."""
    longer = {"path": "plan.md", "reason": "r", "content": f"{PLAN}\nAnd more."}
    play(model, calls(("write_file", longer)), Reply("New [Ref: L4], not [Ref: L5]."))
    meeting = operate(council())
    meeting.wait_for_end()
    html = meeting.messages("surgeon")[-1]["html"]
    assert '<a class="ref" href="#ref=plan.md:4-4@2"' in html
    assert '<span class="ref missing"' in html
    assert html.count("[Ref: L5]</span>") == 1


# What is refused


def test_a_member_without_tools_has_none(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Even if it answers with a tool call: nothing is carried out, and its words are its words."""
    play(model, calls(("write_file", EDIT), text="I write."))
    meeting = operate(council(), nodes=with_tools())
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    assert "tools" not in model.requests[0]
    assert meeting.named("tool_execution", "file_written") == []
    assert versions(meeting) == [PLAN]
    assert [m["content"] for m in meeting.messages("surgeon")] == ["I write."]


def test_a_tool_that_the_node_does_not_give(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A call of another tool is answered with what there is, and not carried out."""
    play(model, calls(("write_file", EDIT), ("run_shell", {"x": 1})), Reply("Done."))
    meeting = operate(council(), "read_file")
    meeting.wait_for_end()
    assert versions(meeting) == [PLAN]
    assert all("Not done." in result and "read_file" in result for result in results_in(model.requests[-1]))
    assert [e["ok"] for e in meeting.named("tool_execution")] == [False, False]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"path": "../../etc/passwd", "reason": "r", "content": "x"}, "climb"),
        ({"path": "/etc/passwd", "reason": "r", "content": "x"}, "relative"),
        ({"path": "C:\\x", "reason": "r", "content": "x"}, "relative"),
        ({"path": "PLAN.md", "reason": "r", "content": "x"}, "only in how it is written"),
        ({"path": "plan.md/x", "reason": "r", "content": "x"}, "a file and a folder"),
        ({"path": "plan.md", "reason": "r", "content": PLAN}, "exactly this already"),
        ({"path": "plan.md", "reason": "r", "content": "x" * 2_000}, "2,000 bytes"),
        ({"path": "plan.md", "reason": "r"}, "either edits or content"),
        ({"path": "plan.md", "content": "x"}, "reason: Field required"),
        ({"path": "plan.md", "reason": "r", "content": "x", "mode": "w"}, "mode: Extra inputs"),
        ({"path": "plan.md", "reason": "r", "edits": [{"find": "e", "replace": "x"}]}, "there 3 times"),
        ({"path": "plan.md", "reason": "r", "edits": [{"find": "later", "replace": "x"}]}, "not in the file"),
        ({"path": "none.md", "reason": "r", "edits": [{"find": "a", "replace": "x"}]}, "no file 'none.md'"),
        ("{not JSON", "cannot be read"),
        ('["a"]', "not an object"),
        ('{"path": NaN}', "cannot be used"),
        ("", "path: Field required"),
    ],
)
def test_a_bad_call_is_answered_and_changes_nothing(
    council: MakeCouncil, model: ScriptedModelServer, arguments: Any, reason: str
) -> None:
    """The model is told what was wrong, the meeting goes on, and no version is written."""
    play(model, calls(("write_file", arguments)), Reply("I give up."))
    meeting = operate(council(max_document_bytes=1024))
    assert meeting.wait_for_end()["status"] == "completed"
    (result,) = results_in(model.requests[-1])
    assert result.startswith("Not done.")
    assert reason in result
    assert versions(meeting) == [PLAN]
    assert meeting.named("file_written") == []
    (event,) = meeting.named("tool_execution")
    assert (event["ok"], event["output"]) == (False, result)


def test_files_and_versions_have_limits(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Beyond them a call is answered with the limit."""
    new = {"path": "b.md", "reason": "r", "content": "x"}
    play(model, calls(("write_file", new)), calls(("write_file", EDIT)), Reply("Done."))
    meeting = operate(council(engine={"max_files": 1, "max_file_versions": 1}))
    meeting.wait_for_end()
    first, second = results_in(model.requests[-1])
    assert "at most 1 files" in first
    assert "at most 1 versions" in second


def test_a_file_that_is_not_there(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The answer lists those that are, as material."""
    play(
        model,
        calls(("read_file", {"path": "../secret"}), ("read_file", {"path": "plan.md", "first_line": 9})),
        Reply("Done."),
    )
    operate(council()).wait_for_end()
    missing, short = results_in(model.requests[-1])
    assert missing.startswith("Not done. There is no file '../secret'")
    assert f"plan.md, {len(PLAN)} characters" in missing
    assert "has 3 lines" in short


def test_a_long_file_is_shown_in_parts(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A call shows no more than a model can bear, says so, and the rest can be asked for; the event shows less."""
    long = "\n".join(f"line {n} {'x' * 80}" for n in range(1, 2_001))
    play(
        model,
        calls(("read_file", {"path": "a.md"})),
        calls(("read_file", {"path": "a.md", "first_line": 1_999, "last_line": 5_000})),
        Reply("Done."),
    )
    meeting = operate(council(), inputs={"documents": [{"name": "a.md", "content": long}]})
    meeting.wait_for_end()
    whole, rest = results_in(model.requests[-1])
    assert "of 2000. Ask for the rest by its lines." in whole
    assert len(whole) < 50_000
    assert "lines 1999 to 2000 of 2000.\n" in rest
    assert "L2000: line 2000" in rest
    assert len(meeting.named("tool_execution")[0]["output"]) < 4_100


def test_a_search_without_sources_says_so(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Where nothing can be searched, the answer is that, and never an invented find."""
    play(model, calls(("search", {"query": "four-day week"})), Reply("Done."))
    meeting = operate(council(), "search", inputs={})
    meeting.wait_for_end()
    assert results_in(model.requests[-1])[0].startswith("Not done. There is nothing to search")


def test_a_search_in_the_documents(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What is found comes with its place, as material."""
    play(model, calls(("search", {"query": "costs little"})), Reply("Done."))
    meeting = operate(council(), "search")
    meeting.wait_for_end()
    (found,) = results_in(model.requests[-1])
    assert found.startswith("Found:\n=== ")
    assert "plan.md L" in found
    assert "It costs little." in found


# How often


def test_five_rounds_at_most(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """After the fifth the member is told to close, has no tools any more, and its closing words count."""

    def insist(request: dict[str, Any]) -> Answer:
        if "tools" not in request:
            return Reply("I close.")
        return calls(("read_file", {"path": "plan.md", "first_line": rounds_of(request) % 3 + 1}))

    model.responder = insist
    meeting = operate(council())
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 6
    assert ["tools" in request for request in model.requests] == [True] * 5 + [False]
    end = model.requests[-1]["messages"][-1]
    assert (end["role"], "no more tools" in end["content"]) == ("user", True)
    assert len(meeting.named("tool_execution")) == 5
    assert [m["content"] for m in meeting.messages("surgeon")] == ["I close."]


def test_calls_after_the_last_round_are_not_heard(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A model that goes on calling when it may not has used its turn; what it says counts, its calls do not."""
    model.responder = lambda request: calls(("read_file", {"path": "plan.md"}), text="More!")
    meeting = operate(council())
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(meeting.named("tool_execution")) == 5
    assert meeting.messages("surgeon")[-1]["content"] == "More!"


def test_every_call_to_the_model_counts(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Tokens of the rounds on the way are in the totals."""
    play(model, calls(("read_file", {})), calls(("write_file", EDIT)), Reply("Done."))
    meeting = operate(council())
    meeting.wait_for_end()
    assert len(meeting.named("token_usage")) == 3
    assert meeting.snapshot["totals"]["input_tokens"] == 33


def test_an_edit_by_another_member_meanwhile(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Edits are made in the newest version, whoever wrote it: two members lose nothing of each other's."""
    other = {"path": "plan.md", "reason": "Cost.", "edits": [{"find": "little", "replace": "much"}]}
    nodes = {
        "start": {"type": "start", "next_ids": ["a", "b"]},
        "a": member("end", agent_id="system_surgeon", tools=["write_file"]),
        "b": member("end", agent_id="risk_auditor", tools=["write_file"]),
        "end": {"type": "end"},
    }

    def respond(request: dict[str, Any]) -> Answer:
        if rounds_of(request):
            return Reply("Done.")
        mine = EDIT if "System Surgeon" in request["messages"][0]["content"] else other
        return calls(("write_file", mine))

    model.responder = respond
    meeting = operate(council(), nodes=nodes)
    meeting.wait_for_end()
    assert versions(meeting)[2] == PLAN_2.replace("little", "much")
    assert {f["author"] for f in meeting.named("file_written")} == {"System Surgeon", "Risk Auditor"}


# Crashes and pauses


def test_a_crash_writes_once(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Wherever the process dies, the next one carries on: each call is carried out once, nothing is lost."""
    play(
        model,
        calls(("read_file", {"path": "plan.md"})),
        calls(("write_file", EDIT), ("write_file", {"path": "b.md", "reason": "r", "content": "x"})),
        Reply("Done."),
    )
    died = 0
    for count in range(14):
        first = council()
        left = refuse_after(first, count)
        meeting = operate(first)
        wait_until(
            lambda left=left, meeting=meeting: left[0] < 0 or meeting.status == "completed", what="an end"
        )
        died += meeting.status != "completed"
        abandon(first, meeting)
        meeting = meeting.at(council())
        assert meeting.wait_for_end()["status"] == "completed"
        assert (versions(meeting), versions(meeting, "b.md")) == ([PLAN, PLAN_2], ["x"])
        assert len(meeting.named("file_written")) == 2
        done = [(event["tool"], event["ok"]) for event in meeting.named("tool_execution")]
        assert done == [("read_file", True), ("write_file", True), ("write_file", True)]
        invariants.check(meeting.parts, meeting.session_id)
        meeting.parts.close()
    assert died >= 6


def test_what_was_called_is_not_asked_again(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """After a restart a model finds in its conversation what it said, what it called, and what came of it."""
    play(model, calls(("read_file", {"path": "plan.md"}), text="Let me see."), Reply("Done."))
    held = threading.Event()
    responder = model.responder

    def respond(request: dict[str, Any]) -> Answer:
        if rounds_of(request) and not held.is_set():
            held.set()
            model.hold("before_headers")
        return responder(request)

    model.responder = respond
    first = council()
    meeting = operate(first)
    model.wait_until_held()
    first.close()
    model.release()
    meeting = meeting.at(council())
    meeting.wait_for_end()
    assert [rounds_of(request) for request in model.requests] == [0, 1, 1]
    before, after = (request["messages"][2:] for request in model.requests[1:])
    assert before[0] == after[0]
    assert after[0]["content"] == "Let me see."
    assert "L1: # Plan" in after[1]["content"]
    assert [m["content"] for m in meeting.messages("surgeon")] == ["Let me see.", "Done."]


def test_a_pause_holds_before_the_next_call(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Paused while the model asks for a tool, nothing is written; the tool is used when the meeting goes on."""
    play(model, calls(("write_file", EDIT)), Reply("Done."))
    model.hold("after_headers")
    meeting = operate(council(engine={"pause_hold_seconds": 2.0}))
    model.wait_until_held()
    meeting.pause()
    model.release()
    meeting.wait_for_event("token_usage")
    meeting.wait_until_left()
    assert versions(meeting) == [PLAN]
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert versions(meeting) == [PLAN, PLAN_2]


# A tool without a model


def tool_node(tool: str, **arguments: Any) -> dict[str, dict[str, Any]]:
    return {
        "start": {"type": "start", "next_ids": ["first"]},
        "first": member("save"),
        "save": {
            "type": "tool",
            "name": "Filing",
            "next_ids": ["last"],
            "properties": {"tool": tool, "arguments": arguments},
        },
        "last": member("end", agent_id="risk_auditor"),
        "end": {"type": "end"},
    }


def test_a_tool_node_calls_once(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Variables in its arguments are filled in, and those who come after read what came of it."""
    nodes = tool_node(
        "write_file", path="out/opinion.md", content="{{subject}}\n\n{{ first }}", reason="Kept"
    )
    meeting = operate(council(), nodes=nodes, subject="Shall we?")
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    assert versions(meeting, "out/opinion.md") == ["Shall we?\n\nIn favour, because of the people."]
    (written,) = meeting.named("file_written")
    assert (written["author"], written["node_id"]) == ("Filing", "save")
    assert "## Filing\n" in model.requests[-1]["messages"][1]["content"]
    assert "Written: version 1" in model.requests[-1]["messages"][1]["content"]


def test_a_tool_node_that_cannot(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """It fails with the reason, and writes nothing."""
    meeting = operate(council(), nodes=tool_node("read_file", path="../x"))
    found = meeting.wait_for_end()
    assert found["node_statuses"]["save"] == "failed"
    (error,) = [e for e in meeting.named("error") if e["node_id"] == "save"]
    assert error["code"] == "tool_failed"
    assert "There is no file '../x'" in error["error"]


def test_what_is_filled_in() -> None:
    """Text anywhere in the arguments; a value is not filled in again, and unknown names stay."""
    known = {"a": "{{b}}", "b": "B"}
    given = {"x": "{{a}} {{ b }} {{c}}", "list": ["{{b}}", 1, None], "deep": {"k": "{{b}}"}}
    assert filled(given, known) == {"x": "{{b}} B {{c}}", "list": ["B", 1, None], "deep": {"k": "B"}}
    assert json.dumps(given)


# Rehearsed


@pytest.mark.parametrize(
    ("subject", "mark"), [("Shall we begin?", "Rehearsal: "), ("我们应不应该开始？", "排练：")]
)
def test_a_rehearsed_meeting_edits_its_document(make_council: MakeCouncil, subject: str, mark: str) -> None:
    """Without any model the whole way can be seen: read, change, reason, list."""
    meeting = operate(make_council(), subject=subject)
    assert meeting.wait_for_end()["status"] == "completed"
    assert [event["tool"] for event in meeting.named("tool_execution")] == ["read_file", "write_file"]
    before, after = versions(meeting)
    assert before == PLAN
    assert after.startswith(f"{PLAN}\n\n{mark}")
    (written,) = meeting.named("file_written")
    assert (
        f"- `plan.md`{'：' if '排' in mark else ': '}{written['reason']}"
        in meeting.messages("surgeon")[-1]["content"]
    )
    invariants.check(meeting.parts, meeting.session_id)
