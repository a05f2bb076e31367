"""The verdict told block by block: who was missing stands first, and what contradicts it is not hidden."""

from collections.abc import Iterator

from flask_babel import gettext

from council.export import words
from council.export.blocks import Block, Facts, Item, Items, Line, Prose, Title
from council.export.report import BestDraft, Change, Dissent, Verdict


def verdict_blocks(verdict: Verdict) -> Iterator[Block]:
    yield from _presence(verdict)
    yield from _finding(verdict)
    yield from _doubts(verdict)
    yield from _count(verdict)
    yield from _score(verdict)
    if verdict.text:
        yield Title(gettext("In the chair's words"))
        yield Prose(verdict.text, verdict.html)
    yield from _list(gettext("In dispute"), (Item(claim, evidence) for claim, evidence in verdict.disputes))
    yield from _list(gettext("To be mended"), (Item("", order) for order in verdict.orders), numbered=True)
    yield from _list(gettext("Dissent"), (_dissent(each, verdict) for each in verdict.dissent))
    yield from _list(gettext("Changed minds"), (_change(each) for each in verdict.changes))
    if verdict.best_draft:
        yield from _best_draft(verdict.best_draft)
    sentences = (Item(words.claim_word(status), sentence) for sentence, status in verdict.sentences)
    yield from _list(gettext("Sentence by sentence"), sentences)


def _presence(verdict: Verdict) -> Iterator[Block]:
    if verdict.absences:
        yield Line(gettext("Absent: {count}").format(count=len(verdict.absences)), "warning")
        missing = (Item(name, reason or gettext("No reason was given.")) for name, reason in verdict.absences)
        yield Items(tuple(missing))
    else:
        yield Line(gettext("All members took part."), "note")
    if verdict.quorum:
        full, due = verdict.quorum
        yield Line(gettext("{full} of {due} gave a full opinion.").format(full=full, due=due), "note")
    if verdict.outcome == "partial":
        yield Line(words.partial_text(verdict.partial_reason), "warning")


def _finding(verdict: Verdict) -> Iterator[Block]:
    if verdict.outcome == "decided" and verdict.word:
        yield Line(gettext("The word: {word}").format(word=verdict.word), "strong")
    if verdict.outcome != "partial" and verdict.decision:
        decision = words.option_text(verdict.decision, verdict.ballot)
        yield Line(gettext("The members decided: {decision}").format(decision=decision), "strong")
    if verdict.round > 1:
        yield Line(gettext("Round {round}").format(round=verdict.round), "note")
    if verdict.person_action:
        decided = gettext("A person decided: {action}").format(
            action=words.action_word(verdict.person_action)
        )
        yield Line(f"{decided} – {verdict.person_feedback}" if verdict.person_feedback else decided)


def _doubts(verdict: Verdict) -> Iterator[Block]:
    if verdict.chair_deviates:
        yield Title(gettext("The chair deviates from the count"))
        yield Line(verdict.chair_deviates, "warning")
    chair = verdict.chair or {}
    if chair.get("instead_of"):
        text = gettext("{name} ruled instead of {chair}: {reason}").format(
            name=chair["name"], chair=chair["instead_of"], reason=chair.get("reason") or ""
        )
        yield Line(text, "warning")
    if chair.get("is_member"):
        text = gettext("{name}, who ruled, is one of the members.").format(name=chair["name"])
        yield Line(text, "warning")
    if verdict.weak_evidence:
        yield Title(gettext("Weak evidence"))
        for reason in verdict.weak_evidence:
            yield Line(words.weakness(reason), "warning")


def _count(verdict: Verdict) -> Iterator[Block]:
    if not verdict.count:
        return
    yield Title(gettext("The count"))
    bars = (
        f"{words.option_text(bar['id'], verdict.ballot)} {bar['votes']}"
        for bar in verdict.count.get("bars") or ()
    )
    outcome = words.ballot_outcome(verdict.ballot_outcome) if verdict.ballot_outcome else ""
    yield Line(" · ".join(each for each in (outcome, *bars) if each), "strong")
    yield Line(words.counted_text(verdict.count), "note")


def _score(verdict: Verdict) -> Iterator[Block]:
    if verdict.score is None:
        return
    yield Title(gettext("Score"))
    total = gettext("{score} of 100").format(score=words.count(round(verdict.score, 1)))
    parts = ((words.score_part(name), words.count(round(part, 1))) for name, part in verdict.parts.items())
    yield Facts(((gettext("Whole"), total), *parts))


def _list(title: str, items: Iterator[Item], *, numbered: bool = False) -> Iterator[Block]:
    rows = tuple(items)
    if rows:
        yield Title(title)
        yield Items(rows, numbered)


def _dissent(dissent: Dissent, verdict: Verdict) -> Item:
    vote = words.stance_word(dissent.position) if dissent.vote is None else None
    said = vote or words.vote_text(dissent.vote, verdict.ballot)
    return Item(f"{dissent.name} ({said})", dissent.reason or gettext("No reason was given."))


def _change(change: Change) -> Item:
    if change.kind == "claimed":
        text = gettext("{name} said in round {round} that it moved; its positions do not show it.")
    else:
        text = gettext("{name} moved from {before} to {after} in round {round}.")
    told = text.format(
        name=change.name,
        round=change.round,
        before=words.stance_word(change.before),
        after=words.stance_word(change.after),
    )
    because = gettext("Because of {whom}.").format(whom=change.whom) if change.whom else ""
    if not because and change.kind == "unexplained":
        because = gettext("It gave no reason.")
    return Item("", told, " ".join(each for each in (because, change.reason) if each))


def _best_draft(best: BestDraft) -> Iterator[Block]:
    title = gettext("Best first draft: {name}").format(name=best.name) if best.name else ""
    yield Title(title or gettext("Best first draft"))
    yield Line(_chosen(best), "note")
    if best.changed_answer is not None:
        yield Line(
            gettext("The council changed the answer: most first opinions stood elsewhere.")
            if best.changed_answer
            else gettext("The council did not change the answer: most first opinions stood there already.")
        )
    if best.extra_tokens:
        yield Line(_extra(best, best.extra_tokens), "note")
    if best.text:
        yield Prose(best.text, best.html, summary=gettext("Read it"))


def _chosen(best: BestDraft) -> str:
    if not best.name:
        reasons = {
            "nobody_held_it": gettext("Nobody stood there at the beginning."),
            "tie": gettext("There is none: the first drafts are tied."),
        }
        return reasons.get(best.why or "", gettext("There is none."))
    if best.chosen_by == "ranking":
        return gettext("Ranked first by the others.")
    return gettext("The surest of those who stood there from the beginning.")


def _extra(best: BestDraft, tokens: int) -> str:
    told = words.count(tokens)
    if best.extra_usd == 0:
        return gettext("What came after the first opinions cost {tokens} tokens.").format(tokens=told)
    cost = gettext("unknown") if best.extra_usd is None else words.usd(best.extra_usd)
    text = gettext("What came after the first opinions cost {tokens} tokens ({usd}).")
    return text.format(tokens=told, usd=cost)
