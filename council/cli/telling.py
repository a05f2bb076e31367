"""The sentences in which a terminal tells what happened in a meeting."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Data = dict[str, Any]
Kind = Literal["speech", "person", "phase", "note", "ballot", "verdict", "trouble", "waiting"]

STATUSES = {
    "running": "The meeting begins",
    "paused": "Paused",
    "completed": "The meeting is over",
    "failed": "The meeting has failed",
    "cancelled": "The meeting was stopped",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to be written down: who it is about, and what there is to say. Neither is clean yet."""

    kind: Kind
    who: str
    text: str = ""


class Names(Protocol):
    def who(self, node_id: str | None, agent_id: str | None = None) -> str: ...

    def title(self, node_id: str | None) -> str: ...


def note(names: Names, name: str, data: Data) -> list[Telling]:
    """Of events that change nothing but the record."""
    node_id = data.get("node_id")
    match name:
        case "node:parallel_start":
            members = ", ".join(names.who(branch) for branch in data["branches"])
            return [Telling("phase", names.title(node_id), f"at the same time: {members}")]
        case "user_message":
            return [Telling("person", data["by"], data["content"])]
        case "ballot_opened":
            voters = len(data["voters"])
            return [Telling("ballot", names.title(node_id), f"{data['question']} ({voters} voters)")]
        case "vote_cast":
            vote = "" if data.get("vote") is None else f": {_vote(data['vote'])}"
            return [Telling("note", data["voter"], f"has voted{vote}")]
        case "fact_check":
            return [Telling("note", names.title(node_id), _facts(data))]
        case "score":
            return [Telling("note", names.title(node_id), f"score {data['weighted_total']:g} of 100")]
        case "round_closed":
            word = "another round" if data["decision"] == "again" else "no other round"
            return [
                Telling(
                    "phase", names.title(node_id), f"round {data['round']} is over, {word}: {data['reason']}"
                )
            ]
        case "tool_execution":
            how = "used" if data.get("ok", True) else "failed with"
            return [Telling("note", names.who(node_id, data["agent_id"]), f"{how} {data['tool']}")]
        case "file_written":
            return [
                Telling(
                    "note",
                    data["author"],
                    f"wrote {data['path']}, version {data['version']}: {data['reason']}",
                )
            ]
        case "memory_retrieved":
            text = data["note"] or f"{len(data['items'])} things the group knew"
            return [Telling("note", names.title(node_id), text)]
        case "error":
            return [Telling("trouble", names.who(node_id), f"{data['error']} {data['hint']}")]
        case _:
            return _of_people(names, name, data)


def _of_people(names: Names, name: str, data: Data) -> list[Telling]:
    title = names.title(data.get("node_id"))
    match name:
        case "human_interaction_required":
            until = f" (until {data['expires_at']})" if data["expires_at"] else ""
            return [Telling("waiting", title, f"waits for a person: {data['reason']}{until}")]
        case "human_interaction_reminder":
            return [Telling("waiting", title, f"still waits, until {data['expires_at']}")]
        case "human_interaction_expired":
            return [Telling("note", title, f"nobody came in time: {data['action']}")]
        case "node_resumed":
            feedback = f": {data['feedback']}" if data["feedback"] else ""
            return [Telling("note", title, f"{data['action']} by {data['by']}{feedback}")]
        case _:
            return []


def ballot_closed(opened: Data, closed: Data) -> str:
    """The outcome, and each vote with its reason."""
    names = {voter["voter"]: voter["name"] or voter["voter"] for voter in opened.get("voters", ())}
    decision = f": {closed['decision']}" if closed["decision"] else ""
    lines = [f"{closed['outcome']}{decision}"]
    for ballot in closed["ballots"]:
        vote = "abstains" if ballot.get("abstained") else _vote(ballot["vote"])
        reason = ballot.get("why") or ballot.get("reason") or ""
        lines.append(
            f"  {names.get(ballot['voter'], ballot['voter'])}: {vote}{f' – {reason}' if reason else ''}"
        )
    return "\n".join(lines)


def verdict(data: Data, *, said: bool) -> str:
    """The outcome with its score, the words unless they were ``said`` before, and what stays open or is to be done."""
    score = "" if data["score"] is None else f", score {data['score']:g} of 100"
    partial = f" ({data['partial_reason']})" if data["partial_reason"] else ""
    lines = [f"{data['outcome']}{partial}{score}", "" if said else data["text"].strip()]
    lines += [f"- Disputed: {dispute.get('claim', '')}" for dispute in data["disputes"]]
    lines += [f"- To do: {order}" for order in data["orders"]]
    lines += [
        f"- Absent: {absence.get('node_id', '')}: {absence.get('reason', '')}" for absence in data["absences"]
    ]
    return "\n".join(line for line in lines if line)


def _vote(vote: object) -> str:
    return " > ".join(str(each) for each in vote) if isinstance(vote, list | tuple) else str(vote)


def _facts(data: Data) -> str:
    counts = Counter(claim["status"] for claim in data["claims"])
    told = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    return data["problem"] or told or "no claim was checked"
