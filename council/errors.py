"""Everything that can go wrong, as one tree, split by what the caller can do about it.

CouncilError
├── BadInput                 the request itself is wrong: mend it and send it again
│   ├── Malformed            400  not JSON, not UTF-8, not an object
│   ├── Invalid              422  fields that are wrong, missing or unknown; all of them at once
│   ├── NotAvailable         422  a field whose feature does not exist (yet)
│   ├── FaultyDraft          422  a model's draft of a template that cannot be used
│   ├── TooLarge             413
│   └── UnsupportedMedia     415
├── Refused                  the request is fine, but not here, not now, or not by you
│   ├── SignInNeeded         401  nobody knows who asks
│   ├── Forbidden            403
│   ├── NotFound             404
│   ├── Conflict             409  the same id means something else already
│   ├── IllegalTransition    409  the session is not in a state that allows it
│   ├── RateLimited          429
│   └── Unavailable          503  full, shutting down, or the database does not answer
├── ProviderError            a model's server did not do what was asked
│   ├── ProviderUnreachable  no connection
│   ├── ProviderTimeout      no answer in time
│   ├── ProviderBusy         429 or 5xx
│   ├── ProviderRefused      401, 402, 403: the key, the money, the permission
│   ├── ProviderRejected     any other 4xx: the model or a parameter is wrong
│   ├── ContextTooLong       the prompt is longer than the model takes
│   ├── StreamBroken         the stream ended before the answer did
│   └── EmptyAnswer          an answer without a word in it
├── SearchFailed             a source could not be asked, or did not answer
├── MissingWord              a turn ended without what it was for, and no model is to blame
│   ├── CutShort             a person stopped the member before its first word
│   ├── NobodyAnswered       a person was waited for in vain
│   └── ToolFailed           a tool did not do what the node asks of it
└── Interrupted              not errors: why a run left off
    ├── Stopped              a person stopped the session
    ├── GaveWay              paused for long: the thread was given back, the turn starts again later
    ├── Suspended            a node waits for a person; it is run again when the answer is there
    ├── ShuttingDown         the process ends: the turn starts again in the next one
    └── Fenced               another process runs this session now
"""

from collections.abc import Iterable
from typing import Any


class CouncilError(Exception):
    """An error with a code for programs, a sentence for people and a hint that says what to do."""

    code = "internal"
    status = 500
    can_retry = False
    hint = ""
    details_whole = False  # Else long texts in them are told shortened.

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        details: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if hint is not None:
            self.hint = hint
        if code is not None:
            self.code = code

    def as_problem(self) -> dict[str, Any]:
        """The error as it travels over REST: the value of ``{"error": ...}``."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "can_retry": self.can_retry,
            "details": self.details,
        }


# Bad input


class BadInput(CouncilError):
    code = "invalid"
    status = 422


class Malformed(BadInput):
    code = "malformed"
    status = 400
    hint = "Send one JSON object, encoded as UTF-8."


class Invalid(BadInput):
    """Fields that do not fit; ``details`` lists each with path, reason and suggestion."""

    hint = "Correct the fields named in details and send it again."


class NotAvailable(BadInput):
    code = "not_available"
    hint = "Leave the field out; what it asks for does not exist in this version."


class FaultyDraft(BadInput):
    """``details`` has the draft, told whole, its faults, and what it cost."""

    code = "faulty_draft"
    hint = "Say more plainly how the meeting should run, or mend the draft by hand."
    details_whole = True


class TooLarge(BadInput):
    code = "too_large"
    status = 413
    hint = "Send less at once."


class UnsupportedMedia(BadInput):
    code = "unsupported"
    status = 415
    hint = "Send JSON with Content-Type: application/json."


# Refused


class Refused(CouncilError):
    status = 403


class SignInNeeded(Refused):
    code = "sign_in_needed"
    status = 401
    hint = "Sign in at /login, or send an API token: Authorization: Bearer ct_…"


class Forbidden(Refused):
    code = "forbidden"


class NotFound(Refused):
    code = "not_found"
    status = 404
    hint = "Check the id; lists are at /api/v1/sessions and /api/v1/templates."


class Conflict(Refused):
    code = "conflict"
    status = 409
    hint = "Use a new id, or send exactly what was sent the first time."


class IllegalTransition(Refused):
    code = "illegal_transition"
    status = 409
    hint = "Look at the session's status first: GET /api/v1/sessions/{id}."


class RateLimited(Refused):
    """``retry_after``: seconds until it is worth another try."""

    code = "rate_limited"
    status = 429
    can_retry = True
    hint = "Wait a moment and try again."

    def __init__(self, message: str, *, retry_after: float = 2.0, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class Unavailable(Refused):
    code = "unavailable"
    status = 503
    can_retry = True
    hint = "Try again in a few seconds."


# Model providers


class ProviderError(CouncilError):
    """A model's server failed. ``started`` says whether a part of the answer had come already."""

    code = "model_failed"
    status = 502

    def __init__(self, message: str, *, started: bool = False, **more: Any) -> None:
        super().__init__(message, **more)
        self.started = started


class ProviderUnreachable(ProviderError):
    code = "model_unreachable"
    can_retry = True
    hint = "Is the model server running, and is its address right (COUNCIL_LLM_BASE_URL)?"


class ProviderTimeout(ProviderError):
    code = "model_timeout"
    can_retry = True
    hint = "The model was too slow. Raise the node's timeout_seconds or use a faster model."


class ProviderBusy(ProviderError):
    code = "model_busy"
    can_retry = True
    hint = "The model server is overloaded or limits the rate. Try again in a minute."


class ProviderRefused(ProviderError):
    code = "model_refused"
    hint = "Check the API key (COUNCIL_LLM_API_KEY) and the account behind it."


class ProviderRejected(ProviderError):
    code = "model_rejected"
    hint = "Check the model's name (COUNCIL_LLM_MODEL) and the agent's settings."


class ContextTooLong(ProviderError):
    code = "context_too_long"
    hint = "Shorten the document, or use a model with a larger context."


class StreamBroken(ProviderError):
    code = "stream_broken"
    can_retry = True
    hint = "The model's server hung up in the middle of an answer. Look at its log, then try again."


class EmptyAnswer(ProviderError):
    code = "empty_answer"
    can_retry = True
    hint = "The model answered without a word. Try another model or a larger max_tokens."


# Turns without a word


class MissingWord(CouncilError):
    code = "missing_word"
    status = 409


class CutShort(MissingWord):
    code = "cut_short"
    hint = "Nothing is wrong; the meeting goes on without this member."


class NobodyAnswered(MissingWord):
    code = "nobody_answered"
    hint = "Give the node more time (timeout_minutes), or a default for when nobody comes."


class ToolFailed(MissingWord):
    code = "tool_failed"
    hint = "Look at the node's arguments, and at what the call was answered with."


# Searches


class SearchFailed(CouncilError):
    code = "search_failed"
    status = 502
    can_retry = True
    hint = "Look at the search settings (docs/how-to/look-things-up.md), and whether the server is running."


# Interruptions


class Interrupted(CouncilError):
    code = "interrupted"


class Stopped(Interrupted):
    code = "stopped"


class GaveWay(Interrupted):
    code = "gave_way"


class Suspended(Interrupted):
    """``node_ids`` are the nodes that wait, when it is a whole run that leaves off."""

    code = "suspended"

    def __init__(self, message: str, node_ids: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.node_ids = frozenset(node_ids)


class ShuttingDown(Interrupted):
    code = "shutting_down"


class Fenced(Interrupted):
    code = "fenced"
