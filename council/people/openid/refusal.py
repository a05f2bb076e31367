"""Why somebody was not signed in by the OpenID provider."""

from typing import Literal

Why = Literal[
    "unreachable",  # The provider did not answer, or not in time.
    "odd",  # It answered something that cannot be used.
    "stale",  # The sign-in was not begun in this browser, or too long ago.
    "declined",  # The person or the provider said no.
    "unproven",  # What it said of the person is not signed by it, not for us, or not of now.
    "domain",  # Their address is not verified, or of none of the allowed domains.
    "role",  # Nothing that the provider says of them gives them a role here.
    "unknown",  # Nobody here is linked to them, and new people do not come in by themselves.
    "disabled",
]


class NotSignedIn(Exception):
    """``why`` becomes a sentence for the person. The text is for the log: it quotes nothing that the provider wrote."""

    def __init__(self, why: Why, text: str, *, subject: str | None = None) -> None:
        super().__init__(text)
        self.why: Why = why
        self.subject = subject
