"""Signing in and out: the page, its cookie, and who else might send it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from council.application import prepare
from council.errors import CouncilError
from council.parts import Parts
from council.web import known_browser
from tests.people.conftest import PASSWORD, token_of

HTML = {"Accept": "text/html"}


@pytest.fixture
def browser(council: Parts) -> FlaskClient:
    """Somebody's browser, before they signed in; olga has a password."""
    council.people.accounts.set_password("olga", PASSWORD)
    client: FlaskClient = council.app.test_client()  # type: ignore[attr-defined]
    return client


def test_without_users_nobody_signs_in(make_council: Callable[..., Parts]) -> None:
    """On this machine's own address everything is open, as long as there is nobody who could sign in."""
    client = make_council().app.test_client()  # type: ignore[attr-defined]
    assert client.get("/api/v1/me").get_json() == {"user_id": None, "name": None, "level": "admin"}
    assert client.get("/login").headers["Location"] == "/"
    assert "Set-Cookie" not in client.get("/").headers


def test_without_users_others_are_told_what_to_do(make_council: Callable[..., Parts]) -> None:
    """A name that is not this machine's own needs users, whoever asks."""
    client = make_council(allowed_origins=("https://council.example.org",)).app.test_client()  # type: ignore[attr-defined]
    answer = client.get("/api/v1/me", headers={"Host": "council.example.org"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "no_users")
    assert "council user add" in answer.get_json()["error"]["hint"]


def test_a_network_address_needs_a_user_first(make_settings: Callable[..., Any]) -> None:
    """It does not start otherwise, and says what to do."""
    with pytest.raises(CouncilError) as refused:
        prepare(make_settings(host="0.0.0.0"))
    assert "council user add" in refused.value.hint


def test_a_page_leads_to_the_sign_in_and_back(browser: FlaskClient) -> None:
    """Who has signed in is where they wanted to be."""
    answer = browser.get("/templates?q=a", headers=HTML)
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert 'value="/templates?q=a"' in page.text
    assert sign_in(browser, next="/templates?q=a").headers["Location"] == "/templates?q=a"
    assert browser.get("/api/v1/me").get_json()["name"] == "olga"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_a_sign_in_leads_nowhere_else(browser: FlaskClient, elsewhere: str) -> None:
    """An address of another site in the link is not followed."""
    assert sign_in(browser, next=elsewhere).headers["Location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("olga", "not this one"), ("nobody", PASSWORD), ("", "")])
def test_name_and_password_must_belong_together(browser: FlaskClient, name: str, password: str) -> None:
    """Which of the two was wrong is not said."""
    answer = sign_in(browser, name=name, password=password)
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert browser.get("/api/v1/me").status_code == 401


def test_the_cookie_is_for_this_server_alone(browser: FlaskClient) -> None:
    """No script reads it, and no other site's form brings it."""
    cookie = cookie_of(sign_in(browser), "council_sign_in")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_tls_the_cookie_is_never_sent_in_the_clear(
    make_council: Callable[..., Parts],
) -> None:
    """Secure is set where every address of the server is encrypted."""
    parts = make_council(allowed_origins=("https://council.example.org",), trusted_proxies=1)
    parts.people.accounts.add("olga", "admin", PASSWORD)
    client = parts.app.test_client()  # type: ignore[attr-defined]
    base = {"base_url": "https://council.example.org"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login", **base).text)
    assert token is not None
    form = {"name": "olga", "password": PASSWORD, "csrf_token": token.group(1)}
    answer = client.post(
        "/login", data=form, headers={"Referer": "https://council.example.org/login"}, **base
    )
    for name in ("council_sign_in", "council_known"):
        assert "Secure" in cookie_of(answer, name)
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_a_form_of_another_site_signs_nobody_in(browser: FlaskClient) -> None:
    """Without the page's token, or with an old one, the form is shown again: nobody is in, and the name stays."""
    for form in ({}, {"csrf_token": "old"}):
        answer = browser.post("/login", data={"name": "olga", "password": PASSWORD, **form})
        assert answer.status_code == 403
        assert "This form is too old. Please send it again." in answer.text
        assert 'value="olga"' in answer.text
        assert PASSWORD not in answer.text
        assert browser.get("/api/v1/me").status_code == 401


def test_a_cookie_alone_changes_nothing(browser: FlaskClient) -> None:
    """A page of another site may make the browser send it: what changes something needs the page's token beside it."""
    sign_in(browser)
    body = {"name": "Ann", "persona": "You are Ann."}
    assert browser.post("/api/v1/agents", json=body).get_json()["error"]["code"] == "csrf"
    proof = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/", headers=HTML).text)
    assert proof is not None
    assert (
        browser.post("/api/v1/agents", json=body, headers={"X-CSRF-Token": proof.group(1)}).status_code == 201
    )


def test_a_token_needs_no_proof(browser: FlaskClient, council: Parts) -> None:
    """No other site can make a browser send it."""
    headers = {"Authorization": f"Bearer {token_of(council, 'olga')}"}
    assert (
        browser.post("/api/v1/agents", json={"name": "Ann", "persona": "Ann."}, headers=headers).status_code
        == 201
    )


def test_signing_out_ends_the_sign_in(browser: FlaskClient) -> None:
    """A copy of the cookie is good for nothing afterwards."""
    cookie = cookie_of(sign_in(browser), "council_sign_in").partition(";")[0]
    page = browser.get("/", headers=HTML).text
    form = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)}  # type: ignore[union-attr]
    assert browser.post("/logout", data=form).headers["Location"] == "/login"
    thief = browser.application.test_client(use_cookies=False)
    assert thief.get("/api/v1/me", headers={"Cookie": cookie}).status_code == 401


def test_guessing_is_slow(browser: FlaskClient) -> None:
    """After some attempts for one name, right or wrong, one waits; another name does not."""
    answers = [sign_in(browser, password="wrong") for _ in range(15)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 401
    assert refused
    assert "Too many attempts" in refused[0].text
    assert sign_in(browser, name="guy").status_code == 401


@pytest.fixture
def guarded(make_council: Callable[..., Parts]) -> Parts:
    """Six guesses at one name from everywhere, four from one address or with one browser; olga has a password."""
    parts = make_council(limits={"sign_ins_per_minute": 4, "guesses_per_minute": 6})
    parts.people.accounts.add("olga", "admin", PASSWORD)
    parts.people.accounts.add("guy", "member", PASSWORD)
    return parts


def test_guessing_is_slow_from_however_many_addresses(guarded: Parts) -> None:
    """All strangers together have so many attempts at one name; another name is not kept out by that."""
    statuses = guess_from_many_addresses(guarded)
    assert 6 <= statuses.count(401) < len(statuses)
    assert sign_in(guarded.app.test_client(), name="guy").status_code == 302  # type: ignore[attr-defined]


def test_strangers_keep_nobody_out_of_a_browser_of_theirs(guarded: Parts) -> None:
    """Who has signed in with this browser before does so again, whatever strangers do meanwhile."""
    known = guarded.app.test_client()  # type: ignore[attr-defined]
    assert sign_in(known, address="203.0.113.1").status_code == 302
    assert 429 in guess_from_many_addresses(guarded)
    unknown = guarded.app.test_client()  # type: ignore[attr-defined]
    assert sign_in(unknown, address="203.0.113.99").status_code == 429
    assert sign_in(known, address="203.0.113.1").status_code == 302


def test_a_browser_is_known_for_who_has_signed_in_with_it(guarded: Parts) -> None:
    """For several people, and for no other name; nor is a cookie known that we have not signed."""
    browser = guarded.app.test_client()  # type: ignore[attr-defined]
    for name in ("olga", "guy", "olga"):
        sign_in(browser, name=name, address=f"198.51.100.{len(name)}")
    cookie = browser.get_cookie("council_known", path="/login")
    number, *proofs = cookie.value.split(".")
    assert len(proofs) == 2
    with guarded.app.test_request_context("/login", headers={"Cookie": f"council_known={cookie.value}"}):  # type: ignore[attr-defined]
        assert [known_browser.known_for(name) for name in ("olga", "guy", "ada")] == [number, number, None]
    for forged in (f"other.{proofs[0]}", f"{number}.é", number, f"{number}.", "", "…"):
        with guarded.app.test_request_context("/login", headers={"Cookie": f"council_known={forged}"}):  # type: ignore[attr-defined]
            assert known_browser.known_for("olga") is None


def test_guessing_in_a_known_browser_is_slow_too(guarded: Parts) -> None:
    """Whoever has somebody's browser, or its cookie, has no more attempts than a stranger."""
    browser = guarded.app.test_client()  # type: ignore[attr-defined]
    sign_in(browser)
    answers = [sign_in(browser, password="wrong", address=f"198.51.100.{n}") for n in range(12)]
    assert 429 in {answer.status_code for answer in answers}


def test_the_cookie_of_a_known_browser_signs_nobody_in(guarded: Parts) -> None:
    """It goes to the sign-in alone, is read by no script, and names nobody."""
    cookie = cookie_of(sign_in(guarded.app.test_client()), "council_known")  # type: ignore[attr-defined]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/login"):
        assert part in cookie
    assert "olga" not in cookie
    thief = guarded.app.test_client(use_cookies=False)  # type: ignore[attr-defined]
    assert thief.get("/api/v1/me", headers={"Cookie": cookie.partition(";")[0]}).status_code == 401


def guess_from_many_addresses(council: Parts) -> list[int]:
    """What strangers at five addresses are told who guess at olga's password."""
    strangers = [(council.app.test_client(), f"203.0.113.{n}") for n in range(1, 6)]  # type: ignore[attr-defined]
    return [
        sign_in(client, password="wrong", address=address).status_code
        for client, address in strangers
        for _ in range(3)
    ]


def test_a_new_password_ends_the_other_sign_ins(browser: FlaskClient, council: Parts) -> None:
    """And not the one that it was changed in."""
    sign_in(browser)
    other = council.app.test_client()  # type: ignore[attr-defined]
    sign_in(other)
    proof = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/", headers=HTML).text).group(1)  # type: ignore[union-attr]
    body = {"password": PASSWORD, "new_password": "another four words here"}
    answer = browser.post("/api/v1/me/password", json=body, headers={"X-CSRF-Token": proof})
    assert answer.status_code == 204, answer.text
    assert browser.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


def test_who_is_disabled_is_out_at_once(browser: FlaskClient, council: Parts) -> None:
    """With the cookie, with a token, and at the door."""
    sign_in(browser)
    token = token_of(council, "olga")
    council.people.accounts.change("olga", disabled=True)
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert sign_in(browser).status_code == 401


def cookie_of(answer: Any, name: str) -> str:
    """What the answer sets under this name, with all that is said of it."""
    cookie: str = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{name}="))
    return cookie


def sign_in(
    client: FlaskClient,
    *,
    name: str = "olga",
    password: str = PASSWORD,
    address: str = "127.0.0.1",
    **more: str,
) -> Any:
    page = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post(
        "/login",
        data={"name": name, "password": password, "csrf_token": token.group(1)} | more,
        environ_overrides={"REMOTE_ADDR": address},
    )
