"""What must not stand in a log line is taken out: by the name of its field, by its value, and by its looks."""

import json

import pytest

from council.redact import HIDDEN, Redactor, is_secret_name, without_secrets

KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY"


@pytest.mark.parametrize(
    "name",
    ["api_key", "llm_api_key", "LLM_API_KEY", "apikey", "secret", "secret_key", "token", "metrics_token",
     "password", "cookie", "Set-Cookie", "authorization", "Authorization", "credential", "passphrase"],
)  # fmt: skip
def test_secret_names(name: str) -> None:
    """A field with such a name loses its value, however deep it is."""
    assert is_secret_name(name)
    told = without_secrets({name: KEY, "inner": {name: KEY, "list": [{name: KEY}]}})
    assert KEY not in json.dumps(told)


@pytest.mark.parametrize(
    "name", ["input_tokens", "output_tokens", "first_token_milliseconds", "path", "step_key"]
)
def test_names_that_hide_nothing(name: str) -> None:
    """Numbers of tokens, and keys that open nothing, are told."""
    assert without_secrets({name: "plain"}) == {name: "plain"}
    assert without_secrets({"token": 7}) == {"token": 7}


@pytest.mark.parametrize("secret", [KEY, 'with"quotes\\and', "schlüssel-ä"])
def test_a_known_secret_is_found_anywhere(secret: str) -> None:
    """In a sentence, in a traceback, and inside JSON, where some of its characters are escaped."""
    redactor = Redactor([secret])
    assert redactor.text(f"failed with {secret}!") == f"failed with {HIDDEN}!"
    line = redactor.text(json.dumps({"error": f"it was {secret}"}))
    assert json.loads(line) == {"error": f"it was {HIDDEN}"}


def test_short_words_are_no_secrets() -> None:
    """A password of three letters would blot out half the log."""
    assert Redactor(["abc", ""]).text("abc of abcdef") == "abc of abcdef"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {HIDDEN}"),
        ("token ct_abcdef123456 is old", f"token {HIDDEN} is old"),
        ("Incorrect API key: sk-abcdef123456", f"Incorrect API key: {HIDDEN}"),
        ("GET /ws?ticket_token=abc&since=4", f"GET /ws?ticket_token={HIDDEN}&since=4"),
        ("http://someone:pass@model.example/v1", f"http://{HIDDEN}@model.example/v1"),
        ("{'Cookie': 'council_sign_in=abc; x=y'}", f"{{'Cookie': '{HIDDEN}'}}"),
        ("Cookie: council_sign_in=abc; x=y", f"Cookie: {HIDDEN}"),
        ("[type=missing, input_value={'subject': 'Fire Bob'}, input_type=dict]",
         f"[type=missing, input_value={HIDDEN}, input_type=dict]"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret(line: str, told: str) -> None:
    """Tokens, keys, cookies and what pydantic quotes are found by their looks, too."""
    assert Redactor([]).text(line) == told
