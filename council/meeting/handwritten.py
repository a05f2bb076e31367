"""A person's vote, read as people write: in their own word for yes, or as "B > A > C".

A model gets no such leniency: its answer has the form, or is an abstention.
"""

import re
from typing import Any

from council.meeting.ballots import ABSTAIN, MAX_REASON, NO, YES, Option, Paper, Vote, cast, read_vote

_MEANINGS = {
    YES: "yes y yeah approve for in_favour agree ja oui si sí sim da да はい 네 是 赞成 同意 支持 贊成",
    NO: "no n nay reject against disagree nein non não nee net нет いいえ 아니요 否 不 反对 不同意 反對",
    ABSTAIN: "abstain abstention pass enthaltung abstenerse 弃权 棄權 棄権",
}
_WORDS = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
_BETWEEN = re.compile(r"[>,;，、；＞\s]+")


def paper_of(asked: dict[str, Any], voter: str) -> Paper:
    """The paper of a person who was asked this ballot: it has all the options, for a person has no draft."""
    options = tuple(Option(option["option_id"], option["text"]) for option in asked["options"])
    return Paper(asked["vote_type"], voter, options)


def read_handwritten(paper: Paper, value: Any, reason: str = "") -> Vote:
    """The vote that a person means. Raises Unreadable with what would do."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return read_vote(paper, value)
    reason = reason.strip()[:MAX_REASON]
    if not isinstance(value, str):
        return cast(paper, value, None, reason)
    text = value.strip()
    word = _WORDS.get(text.lower().rstrip(".!。！").replace(" ", "_"))
    if word == ABSTAIN:
        return cast(paper, ABSTAIN, None, reason)
    return cast(paper, _meant(paper, text, word), None, reason)


def _meant(paper: Paper, text: str, word: str | None) -> Any:
    match paper.vote_type:
        case "yes_no":
            return word or text
        case "score_1_10":
            return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else text
        case "choice":
            return _option_id(paper, text)
        case "ranking":
            return [_option_id(paper, part) for part in _BETWEEN.split(text) if part]


def _option_id(paper: Paper, text: str) -> str:
    """The option whose id, or whose whole text, this is; else the text as it stands, which is no option."""
    wanted = text.casefold()
    by_name = {option.text.casefold(): option.option_id for option in paper.options}
    by_id = {option_id.casefold(): option_id for option_id in paper.ids}
    return by_id.get(wanted) or by_name.get(wanted) or text
