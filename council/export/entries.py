"""What happened in a meeting, told in the reader's language: each thing as an entry of the conversation."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from flask_babel import gettext

from council.export import words
from council.export.blocks import Block, Entry, Grid, Item, Items, Line, Listing, Prose, Weight
from council.export.happenings import (
    Ballot,
    Check,
    Claim,
    Fault,
    Happening,
    Recalled,
    Review,
    Round,
    Said,
    Source,
    Tool,
    Written,
)
from council.export.report import Report

_SEATS = 6  # Colours of members.


def entries_of(report: Report) -> Iterator[Block | Entry]:
    """The conversation."""
    seats = {each.name: at % _SEATS + 1 for at, each in enumerate(report.members)}
    if not report.happenings:
        yield Line(gettext("Nothing was said."), "note")
    for happening in report.happenings:
        yield _entry(happening, seats)


def _entry(happening: Happening, seats: Mapping[str, int]) -> Entry:
    match happening:
        case Said():
            return _said(happening, seats)
        case Ballot():
            return _ballot(happening)
        case Check():
            return _check(happening)
        case Review():
            return _review(happening)
        case Tool():
            return _tool(happening)
        case Written():
            return _written(happening)
        case Round():
            return _round(happening)
        case Recalled():
            return _recalled(happening)
        case Fault():
            return _fault(happening)
        case _:
            assert_never(happening)


def _said(said: Said, seats: Mapping[str, int]) -> Entry:
    if said.role == "user":
        title, about = gettext("A person in the room"), ""
        read = gettext("Read by {names}.").format(names=", ".join(said.read_by))
        notes: tuple[Block, ...] = (Line(read, "note"),) if said.read_by else ()
    else:
        title, notes = said.name, ()
        about = " · ".join(each for each in (said.turn, said.model, _in_round(said.round)) if each)
    return Entry(
        key=said.message_id,
        kind="message",
        title=title or gettext("Somebody"),
        about=about,
        marks=words.message_marks(said),
        blocks=(Prose(said.text, said.html, said.thinking), *_stance(said), *notes),
        seat=seats.get(said.name, 0),
    )


def _stance(said: Said) -> Iterator[Block]:
    if said.stance:
        told = gettext("Position: {position}").format(position=words.stance_word(said.stance))
        yield Line(told if said.confidence is None else f"{told} ({words.share(said.confidence)})", "note")


def _in_round(number: int) -> str:
    return gettext("Round {round}").format(round=number) if number > 1 else ""


def _ballot(ballot: Ballot) -> Entry:
    rules = gettext("Threshold {threshold}, quorum {quorum}.").format(
        threshold=words.share(ballot.threshold), quorum=words.share(ballot.quorum)
    )
    blocks: list[Block] = [Line(ballot.question, "strong"), Line(rules, "note")]
    if ballot.options:
        blocks.append(Items(tuple(Item(each.option_id, each.text) for each in ballot.options)))
    if not ballot.closed:
        voted = gettext("The ballot is still sealed: {voted} of {voters} have voted.")
        blocks.append(Line(voted.format(voted=len(ballot.voted), voters=len(ballot.voters)), "warning"))
    return Entry(
        key=ballot.ballot_id,
        kind="ballot",
        title=_titled(gettext("Ballot"), ballot.name),
        about=_in_round(ballot.round),
        marks=(),
        blocks=tuple(blocks),
        result=tuple(_votes(ballot)) if ballot.closed else (),
    )


def _votes(ballot: Ballot) -> Iterator[Block]:
    yield Line(words.ballot_outcome(ballot.outcome or ""), "strong")
    head = (gettext("Member"), gettext("Vote"), gettext("Confidence"), gettext("Reason"))
    rows = (
        (
            each.name,
            words.vote_text(each.vote, ballot),
            "" if each.confidence is None else words.share(each.confidence),
            each.reason or each.why or (each.abstained or "" if each.vote is None else ""),
        )
        for each in ballot.votes
    )
    yield Grid(head, tuple(rows))
    bars = ballot.count.get("bars") or ()
    if bars:
        answers = (gettext("Answer"), gettext("Votes"), gettext("Part of all"))
        counts = (
            (words.option_text(each["id"], ballot), words.count(each["votes"]), words.share(each["share"]))
            for each in bars
        )
        yield Grid(answers, tuple(counts), numeric=frozenset({1, 2}))
    yield Line(words.counted_text(ballot.count), "note")


def _check(check: Check) -> Entry:
    verified = gettext("Verified") if check.verified else gettext("Not verified")
    blocks: list[Block] = [Line(verified, "strong" if check.verified else "warning"), Line(_supported(check))]
    if check.dropped:
        text = gettext("Left out, for nobody said so: {count}.").format(count=check.dropped)
        blocks.append(Line(text, "note"))
    if check.claims:
        blocks.append(Items(tuple(_claim(each) for each in check.claims)))
    title = _titled(gettext("Fact check"), check.name)
    return Entry(f"facts-{check.seq}", "facts", title, _in_round(check.round), (), tuple(blocks))


def _supported(check: Check) -> str:
    if check.problem:
        return check.problem
    if not check.claims or check.share_supported is None:
        return gettext("No claim was found that could be checked.")
    return gettext("Supported by evidence: {share} of the claims.").format(
        share=words.share(check.share_supported)
    )


def _claim(claim: Claim) -> Item:
    links = tuple(_link(each) for each in claim.sources)
    return Item(words.claim_word(claim.status), claim.claim, claim.reason, links)


def _link(source: Source) -> tuple[str, str | None]:
    if source.path:
        return " ".join(each for each in (source.path, source.lines) if each), None
    address = source.url if source.url and source.url.startswith(("http://", "https://")) else None
    return source.title or source.url or "", address


def _review(review: Review) -> Entry:
    kinds = {"question": gettext("Question"), "ballot": gettext("Ballot")}
    blocks: list[Block] = [Line(review.reason)]
    if review.draft:
        blocks.append(Prose(review.draft, summary=gettext("The draft")))
    if review.action is None:
        waits = gettext("Waits for a person.") if review.open else gettext("Nobody answered before the end.")
        blocks.append(Line(waits, "warning"))
    return Entry(
        key=review.review_id,
        kind="review",
        title=_titled(kinds.get(review.kind, gettext("Review")), review.name),
        about="",
        marks=(),
        blocks=tuple(blocks),
        result=tuple(_answer(review, review.action)) if review.action else (),
    )


def _answer(review: Review, action: str) -> Iterator[Block]:
    did = words.action_word(action)
    if review.by == "timeout":
        yield Line(gettext("Nobody came in time: {action}").format(action=did), "warning")
    else:
        yield Line(gettext("{action}, by {by}").format(action=did, by=words.author_word(review.by)), "strong")
    if review.feedback:
        yield Prose(review.feedback)
    if review.diff:
        yield Listing(review.diff, summary=gettext("What was changed"))


def _tool(tool: Tool) -> Entry:
    about = " · ".join(each for each in (tool.tool.replace("_", " "), tool.about) if each)
    marks = () if tool.ok else (gettext("The tool failed."),)
    blocks = (Listing(tool.output, summary=gettext("What the tool answered")),) if tool.output else ()
    return Entry(f"tool-{tool.seq}", "work", tool.name, about, marks, blocks)


def _written(file: Written) -> Entry:
    about = gettext("wrote {path}, version {version}").format(path=file.path, version=file.version)
    blocks = (Line(file.reason, "note"),) if file.reason else ()
    return Entry(f"file-{file.seq}", "work", file.author, about, (), blocks)


def _round(ended: Round) -> Entry:
    title = (
        gettext("Round {round}").format(round=ended.round + 1)
        if ended.again
        else gettext("Out of the loop after round {round}").format(round=ended.round)
    )
    blocks: list[Block] = [Line(words.round_reason(ended.reason, ended.again), "note")]
    if ended.scores:
        scores = gettext("Scores of the rounds so far: {scores}").format(
            scores=", ".join(words.count(round(each, 1)) for each in ended.scores)
        )
        blocks.append(Line(scores, "note"))
    return Entry(f"round-{ended.seq}", "round", title, "", (), tuple(blocks))


def _recalled(memory: Recalled) -> Entry:
    items = tuple(Item(title, text) for title, text in memory.items)
    note = memory.note or gettext("The group knew nothing about this.")
    block: Block = Items(items) if items else Line(note, "note")
    title = _titled(gettext("What the group knew already"), memory.name)
    return Entry(f"memory-{memory.seq}", "memory", title, "", (), (block,))


def _fault(fault: Fault) -> Entry:
    title = (
        gettext("{name} is absent").format(name=fault.name) if fault.name else gettext("Something went wrong")
    )
    weight: Weight = "warning"
    blocks = (Line(fault.error, weight), *((Line(fault.hint, "note"),) if fault.hint else ()))
    return Entry(f"fault-{fault.seq}", "fault", title, "", (), blocks)


def _titled(kind: str, name: str) -> str:
    return f"{kind}: {name}" if name and name != kind else kind
