"""The one shape of errors, and when each status comes, whatever was asked for."""

from typing import Any

from pydantic import BaseModel, Field

from council.web.describe import Answer


class Trouble(BaseModel):
    """What went wrong. ``code`` is for programs; ``message`` and ``hint`` are for people and may change."""

    code: str = Field(examples=["invalid"])
    message: str = Field(examples=["subject: Input should be a valid string."])
    hint: str = Field(examples=["Correct the fields named in details and send it again."])
    can_retry: bool = Field(description="The same again may work, without any change.")
    details: Any = Field(
        description="Where fields are at fault, a list of `{path, reason, suggestion}`; else null, or what belongs to "
        "this code."
    )


class Problem(BaseModel):
    """Every answer that is no success. What is refused changes nothing."""

    error: Trouble


def _of(about: str, **headers: str) -> Answer:
    return Answer.of(Problem, about, **headers)


_SECONDS = "Seconds to wait before it is worth another try."

RESPONSES = {
    "Malformed": _of("No JSON, not UTF-8, or a host that this server does not answer to (`unknown_host`)."),
    "NotSignedIn": _of("Nobody has signed in, or the token is none of ours."),
    "Forbidden": _of(
        "It is not yours to do, or the request comes from another site's page (`foreign_origin`)."
    ),
    "NotFound": _of("There is nothing of that id."),
    "TooLarge": _of("More than this server takes at once."),
    "Unsupported": _of("The body is not declared as JSON."),
    "Invalid": _of("Parameters or fields that are wrong, missing or unknown: `details` has all of them."),
    "RateLimited": _of("Too many requests of one caller.", Retry_After=_SECONDS),
    "Internal": _of("Something went wrong inside Council; its log says what."),
    "Unavailable": _of("Full, shutting down, or the database does not answer.", Retry_After=_SECONDS),
}

COMMON = {
    400: "Malformed",
    401: "NotSignedIn",
    403: "Forbidden",
    404: "NotFound",
    413: "TooLarge",
    415: "Unsupported",
    422: "Invalid",
    429: "RateLimited",
    500: "Internal",
    503: "Unavailable",
}
