"""Signing in through an OpenID provider: the way there and back, and a provider that misbehaves."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient

from council import clock
from council.application import create_app, prepare
from council.cli import council as terminal
from council.parts import Parts
from council.settings import OidcSettings, SettingsError, load_settings
from council.store.tables import credentials, users
from tests.people.conftest import PASSWORD
from tests.support import http
from tests.support.openid_provider import CLIENT_SECRET, Fault, OpenIdProvider

IN_THE_TOKEN = (
    "wrong nonce", "no nonce", "wrong audience", "other party", "wrong issuer", "expired", "of tomorrow", "other key",
    "alg none", "our secret as key", "no id_token", "id_token of nonsense", "no subject", "wrong access token",
)  # fmt: skip
IN_ANY_ANSWER = ("huge", "not json", "500", "redirect", "slow")


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with OpenIdProvider() as provider:
        yield provider


@pytest.fixture
def build(make_council: Callable[..., Parts], provider: OpenIdProvider) -> Callable[..., Parts]:
    """A factory of Councils that know the provider, and have an admin; keyword arguments are ``oidc`` settings."""

    def make(**oidc: Any) -> Parts:
        parts = make_council(oidc=OidcSettings(**provider.settings(**oidc)))
        parts.people.accounts.add("root", "admin", PASSWORD)
        return parts

    return make


def browser_of(parts: Parts) -> FlaskClient:
    client: FlaskClient = parts.app.test_client()  # type: ignore[attr-defined]
    return client


def go(browser: FlaskClient, wanted: str = "/") -> Any:
    """The whole way: from the button to the provider, and back; the last answer."""
    answer = browser.get("/login/openid", query_string={"next": wanted})
    if "/authorize" not in answer.headers["Location"]:
        return seen(browser, answer)
    there = http.get(answer.headers["Location"])
    return seen(browser, browser.get(there.headers["Location"]))


def seen(browser: FlaskClient, answer: Any) -> Any:
    """The page they end up on when they were refused; else the answer itself."""
    address = answer.headers.get("Location", "")
    return browser.get(address) if address.startswith("/login?") else answer


def name_of(browser: FlaskClient) -> str | None:
    answer = browser.get("/api/v1/me").get_json()
    return answer.get("name")


# The way there and back


def test_the_page_has_a_button(build: Callable[..., Parts]) -> None:
    """It says where one signs in, and keeps where one wanted to go."""
    page = browser_of(build(name="Example & Sons")).get("/login?next=/templates").text
    assert "Sign in with Example &amp; Sons" in page
    assert 'href="/login/openid?next=/templates"' in page.replace("%2F", "/")


def test_somebody_new_comes_in(build: Callable[..., Parts]) -> None:
    """With the role of new people, the name they have there, and to where they wanted."""
    council = build(role="member")
    browser = browser_of(council)
    assert go(browser, "/templates").headers["Location"] == "/templates"
    assert name_of(browser) == "ada"
    user = council.people.accounts.get("ada")
    assert (user["role"], user["has_password"]) == ("member", False)


def test_they_are_the_same_the_next_time(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """Known by the subject, whatever they are called there by now."""
    council = build(role="viewer")
    go(browser_of(council))
    provider.claims["preferred_username"] = "Countess"
    browser = browser_of(council)
    go(browser)
    assert name_of(browser) == "ada"
    assert len(council.people.accounts.all()) == 2


def test_the_request_is_proven(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """State, nonce and PKCE are new each time; the provider checks the verifier and the address."""
    browser = browser_of(build(role="viewer"))
    first, second = (
        parse_qs(urlsplit(browser.get("/login/openid").headers["Location"]).query) for _ in range(2)
    )
    assert first["redirect_uri"] == ["http://localhost/login/openid/back"]
    assert first["scope"] == ["openid profile email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 32
        assert first[name] != second[name]
    assert CLIENT_SECRET not in str(first)


def test_behind_a_proxy_the_way_back_is_the_true_address(
    make_council: Callable[..., Parts], provider: OpenIdProvider
) -> None:
    """What a trusted proxy says, of a host that is allowed; another host is refused."""
    council = make_council(
        oidc=OidcSettings(**provider.settings()),
        trusted_proxies=1,
        allowed_origins=("https://council.example.org",),
    )
    council.people.accounts.add("root", "admin")
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "council.example.org",
        "X-Forwarded-For": "10.0.0.9",
    }
    answer = browser_of(council).get("/login/openid", headers=headers)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["redirect_uri"] == ["https://council.example.org/login/openid/back"]
    assert "Secure" in answer.headers["Set-Cookie"]
    refused = browser_of(council).get("/login/openid", headers=headers | {"X-Forwarded-Host": "evil.example"})
    assert refused.get_json()["error"]["code"] == "unknown_host"


@pytest.mark.parametrize("methods", [None, ["client_secret_basic"], ["client_secret_post"]])
def test_the_secret_is_shown_as_the_provider_takes_it(
    build: Callable[..., Parts], provider: OpenIdProvider, methods: list[str] | None
) -> None:
    """In the header, unless it takes it in the form only."""
    provider.auth_methods = methods
    browser = browser_of(build(role="viewer"))
    go(browser)
    assert name_of(browser) == "ada"
    assert ("authorization" in provider.token_headers[0]) == (methods != ["client_secret_post"])


def test_discovery_and_keys_are_kept(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """Three sign-ins ask for them once; a key that is not known is asked for again."""
    council = build(role="viewer")
    for _ in range(3):
        go(browser_of(council))
    assert (provider.asked.count("/.well-known/openid-configuration"), provider.asked.count("/jwks")) == (
        1,
        1,
    )
    provider.rotate()
    browser = browser_of(council)
    go(browser)
    assert name_of(browser) == "ada"
    assert provider.asked.count("/jwks") == 2


# A provider that misbehaves


def test_every_fault_is_tried() -> None:
    """A new one is put to a test below."""
    assert {*IN_THE_TOKEN, *IN_ANY_ANSWER, "other issuer", "plain endpoints"} == set(get_args(Fault))


@pytest.mark.parametrize("fault", IN_THE_TOKEN)
def test_what_is_not_proven_signs_nobody_in(
    build: Callable[..., Parts], provider: OpenIdProvider, fault: Fault
) -> None:
    """Signature, issuer, audience, time, nonce and subject are checked; the page says so, and nobody is added."""
    provider.fault = fault
    council = build(role="member")
    browser = browser_of(council)
    assert_refused(go(browser), "could not prove who you are")
    assert name_of(browser) is None
    assert [user["name"] for user in council.people.accounts.all()] == ["root"]


@pytest.mark.parametrize("fault", IN_ANY_ANSWER)
@pytest.mark.parametrize("where", ["fault", "discovery_fault", "keys_fault"])
def test_an_answer_of_no_use_signs_nobody_in(
    build: Callable[..., Parts], provider: OpenIdProvider, fault: Fault, where: str
) -> None:
    """Too large, too late, no JSON, an error or a redirect: at discovery, at the keys, and for the code."""
    setattr(provider, where, fault)
    council = build(role="member", timeout_seconds=0.3, max_answer_bytes=65_536)
    browser = browser_of(council)
    assert_refused(go(browser), "OpenID ")
    assert name_of(browser) is None
    assert [user["name"] for user in council.people.accounts.all()] == ["root"]


@pytest.mark.parametrize("fault", ["other issuer", "plain endpoints"])
def test_a_provider_that_is_another_is_not_asked(
    build: Callable[..., Parts], provider: OpenIdProvider, fault: Fault
) -> None:
    """Neither the secret nor a code goes to an address of another issuer, or one that is not encrypted."""
    provider.discovery_fault = fault
    assert_refused(go(browser_of(build())), "cannot be used")
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_is_away_is_said_so(make_council: Callable[..., Parts]) -> None:
    """And it is not asked again for a moment, however many come."""
    settings = OidcSettings(issuer="http://127.0.0.1:9", client_id="council")
    council = make_council(oidc=settings)
    council.people.accounts.add("root", "admin")
    assert_refused(go(browser_of(council)), "does not answer")


def test_a_refusal_is_told_in_our_words(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """Nothing that the provider wrote stands on the page."""
    provider.denies = True
    answer = go(browser_of(build(role="member")))
    assert_refused(answer, "did not let you in")
    assert "access_denied" not in answer.text


# Somebody who did not begin here


def test_a_way_back_needs_a_way_there(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """An answer that was made in another browser signs nobody in: nobody plants a sign-in."""
    council = build(role="member")
    attacker, victim = browser_of(council), browser_of(council)
    there = http.get(attacker.get("/login/openid").headers["Location"])
    assert_refused(seen(victim, victim.get(there.headers["Location"])), "Start again")
    victim.get("/login/openid")
    assert_refused(seen(victim, victim.get(there.headers["Location"])), "Start again")
    assert name_of(victim) is None
    assert "/token" not in provider.asked


def test_an_answer_is_good_once(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """The same address again leads nowhere."""
    browser = browser_of(build(role="member"))
    there = http.get(browser.get("/login/openid").headers["Location"])
    assert browser.get(there.headers["Location"]).status_code == 302
    assert_refused(seen(browser, browser.get(there.headers["Location"])), "Start again")


def test_an_attempt_ends(build: Callable[..., Parts], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes longer than ten minutes starts again."""
    browser = browser_of(build(role="member"))
    there = http.get(browser.get("/login/openid").headers["Location"])
    monkeypatch.setattr("council.people.openid.door.MAX_ATTEMPT_SECONDS", -1)
    assert_refused(seen(browser, browser.get(there.headers["Location"])), "Start again")


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_sign_in_leads_nowhere_else(build: Callable[..., Parts], elsewhere: str) -> None:
    """An address of another site in the link is not followed."""
    assert go(browser_of(build(role="member")), elsewhere).headers["Location"] == "/"


# Who they are here


def test_nobody_new_comes_in_unless_that_is_set(build: Callable[..., Parts]) -> None:
    """By default only those come in whom an admin has linked."""
    council = build()
    browser = browser_of(council)
    assert_refused(go(browser), "not linked to anybody here")
    assert len(council.people.accounts.all()) == 1


def test_an_admin_links_somebody(
    build: Callable[..., Parts], provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`council user link` says who they are there; from then on they come in, with the role they have here."""
    council = build()
    council.people.accounts.add("lovelace", "viewer")
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(council.settings.data_dir))
    subject = f"{provider.issuer}|ada-of-there"
    linked = CliRunner().invoke(terminal, ["user", "link", "lovelace", subject])
    assert linked.exit_code == 0, linked.output
    browser = browser_of(council)
    go(browser)
    assert name_of(browser) == "lovelace"
    again = CliRunner().invoke(terminal, ["user", "link", "root", subject])
    assert "lovelace signs in as that already" in again.output
    assert CliRunner().invoke(terminal, ["user", "link", "lovelace", "--undo"]).exit_code == 0
    assert_refused(go(browser_of(council)), "not linked")
    assert name_of(browser) is None


@pytest.mark.parametrize("subject", ["ada", "https://provider.example", "|ada", "https://provider.example|"])
def test_a_subject_has_an_issuer(
    build: Callable[..., Parts], subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be one is refused with where to find it."""
    council = build()
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(council.settings.data_dir))
    outcome = CliRunner().invoke(terminal, ["user", "link", "root", subject])
    assert outcome.exit_code != 0
    assert "openid.refused" in outcome.output


def test_a_name_is_never_taken_over(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """Whoever calls themselves root there is somebody else here."""
    provider.claims["preferred_username"] = "root"
    council = build(role="viewer")
    browser = browser_of(council)
    go(browser)
    assert name_of(browser) == "root-2"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "Zoë Müller"}, "zoe-muller"),
        ({"email": "Ada@Example.org"}, "ada@example.org"),
        ({"preferred_username": "李", "email": "li@example.org"}, "li@example.org"),
        ({"preferred_username": "...", "name": "Grace Hopper"}, "grace-hopper"),
        ({"preferred_username": ["no", "text"]}, "person"),
        ({"preferred_username": "a" * 300}, "a" * 56),
    ],
)
def test_names_are_made_to_fit(
    build: Callable[..., Parts], provider: OpenIdProvider, claims: dict[str, Any], name: str
) -> None:
    """By the rule for names here, from the first claim of which something is left."""
    provider.claims = {"sub": "somebody"} | claims
    browser = browser_of(build(role="viewer"))
    go(browser)
    assert name_of(browser) == name


def hours_of(council: Parts) -> float:
    """How long the one sign-in there is lasts."""
    with council.store.read() as connection:
        row = connection.execute(sa.select(credentials)).mappings().one()
    began, ends = (datetime.fromisoformat(row[name]) for name in ("created_at", "expires_at"))
    return (ends - began) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "lasts"), [({}, 12), ({"sign_in_hours": 2}, 2), ({"sign_in_hours": 999}, 168)]
)
def test_a_sign_in_through_the_provider_is_short(
    build: Callable[..., Parts], hours: dict[str, float], lasts: float
) -> None:
    """Whoever is shut out there is out here within half a day, or what the setting says; never later than others."""
    council = build(role="member", **hours)
    go(browser_of(council))
    assert hours_of(council) == pytest.approx(lasts)


def test_when_it_ends_the_provider_decides_anew(
    build: Callable[..., Parts], provider: OpenIdProvider
) -> None:
    """Then they are asked to sign in again, and whoever is shut out there stays out."""
    council = build(role="member", sign_in_hours=1e-9)
    browser = browser_of(council)
    go(browser)
    assert name_of(browser) is None
    assert browser.get("/", headers={"Accept": "text/html"}).headers["Location"].startswith("/login")
    provider.denies = True
    assert_refused(go(browser), "did not let you in")


# Their tokens


def token_of(council: Parts, name: str) -> tuple[str, str]:
    """A token of theirs that never ends: its secret and its id."""
    user_id = council.people.accounts.get(name)["user_id"]
    key = council.people.keys.token(user_id, name="nightly", scope="read", days=None)
    return key.secret, key.credential_id


def is_good(council: Parts, token: tuple[str, str]) -> bool:
    """Whether the token opens something: for a request, and for the doorkeeper, who says the same."""
    secret, token_id = token
    answer = browser_of(council).get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code == 200) == (token_id in council.people.keys.known({token_id}))
    return answer.status_code == 200  # type: ignore[no-any-return]


def came_through(council: Parts, name: str, days_ago: float) -> None:
    """As if they had come through the provider so long ago, and not since."""
    at = clock.timestamp(clock.now() - timedelta(days=days_ago))
    with council.store.write() as connection:
        connection.execute(sa.update(users).where(users.c.name == name).values(proven_at=at))


def test_tokens_of_who_has_left_there_rest(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """Who has not come through the provider for a month may have left; one sign-in, and their tokens work again."""
    council = build(role="member")
    go(browser_of(council))
    token = token_of(council, "ada")
    came_through(council, "ada", 29)
    assert is_good(council, token)
    came_through(council, "ada", 31)
    assert not is_good(council, token)
    provider.denies = True
    go(browser_of(council))
    assert not is_good(council, token)
    provider.denies = False
    go(browser_of(council))
    assert is_good(council, token)


def test_how_long_tokens_go_on_is_a_setting(build: Callable[..., Parts]) -> None:
    """In days since the last time they came through the provider."""
    council = build(role="member", token_days=2)
    go(browser_of(council))
    token = token_of(council, "ada")
    came_through(council, "ada", 1)
    assert is_good(council, token)
    came_through(council, "ada", 3)
    assert not is_good(council, token)


@pytest.mark.parametrize(("only", "goes_on"), [(False, True), (True, False)])
def test_tokens_of_who_has_a_password_go_on(build: Callable[..., Parts], only: bool, goes_on: bool) -> None:
    """They come in without the provider, unless passwords open nothing here; who is not linked never needs it."""
    council = build(only=only)
    council.people.accounts.add("ben", "member")
    tokens = {name: token_of(council, name) for name in ("root", "ben")}
    council.people.accounts.link("root", "https://provider.example|root")
    came_through(council, "root", 31)
    assert {name: is_good(council, token) for name, token in tokens.items()} == {"root": goes_on, "ben": True}


def test_the_days_begin_when_somebody_is_linked(build: Callable[..., Parts]) -> None:
    """Tokens they had before do not rest at once."""
    council = build()
    council.people.accounts.add("ben", "member")
    token = token_of(council, "ben")
    council.people.accounts.link("ben", "https://provider.example|ben")
    assert is_good(council, token)


def test_who_is_disabled_stays_out(build: Callable[..., Parts]) -> None:
    """Though the provider lets them in; the sign-in they had is over at once."""
    council = build(role="member")
    before = browser_of(council)
    go(before)
    assert name_of(before) == "ada"
    council.people.accounts.change("ada", disabled=True)
    assert name_of(before) is None
    browser = browser_of(council)
    assert_refused(go(browser), "is disabled")
    assert name_of(browser) is None


def test_a_claim_gives_the_role(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """The highest of its values counts, at each sign-in anew; without any the person stays out."""
    council = build(role_claim="groups", roles={"bosses": "admin", "staff": "member"})
    for groups, role in ((["staff", "bosses", 7], "admin"), (["staff"], "member"), ("bosses", "admin")):
        provider.claims["groups"] = groups
        go(browser_of(council))
        assert council.people.accounts.get("ada")["role"] == role
    provider.claims["groups"] = ["guests"]
    assert_refused(go(browser_of(council)), "has no role here")


def test_a_claim_may_stand_within_another(build: Callable[..., Parts], provider: OpenIdProvider) -> None:
    """As Keycloak has them; who has none of the values is as new people are."""
    council = build(role="viewer", role_claim="realm_access.roles", roles={"council-admin": "admin"})
    provider.claims["realm_access"] = {"roles": ["council-admin"]}
    go(browser_of(council))
    assert council.people.accounts.get("ada")["role"] == "admin"
    del provider.claims["realm_access"]
    go(browser_of(council))
    assert council.people.accounts.get("ada")["role"] == "viewer"


@pytest.mark.parametrize(
    ("claims", "comes_in"),
    [
        ({"email": "ada@example.org", "email_verified": True}, True),
        ({"email": "ada@EXAMPLE.org", "email_verified": True}, True),
        ({"email": "ada@example.org", "email_verified": False}, False),
        ({"email": "ada@example.org"}, False),
        ({"email": "ada@example.org.evil.example", "email_verified": True}, False),
        ({"email": "ada@notexample.org", "email_verified": True}, False),
        ({}, False),
    ],
)
def test_only_allowed_domains_come_in(
    build: Callable[..., Parts], provider: OpenIdProvider, claims: dict[str, Any], comes_in: bool
) -> None:
    """Of an address that the provider has verified."""
    provider.claims |= claims
    browser = browser_of(build(role="member", email_domains=("example.org",)))
    answer = go(browser)
    assert (name_of(browser) is not None) == comes_in
    assert comes_in or "is not one that may come in" in answer.text


# Settings


def test_without_a_provider_there_is_no_way(make_council: Callable[..., Parts]) -> None:
    """No button, and nothing at its addresses."""
    council = make_council()
    council.people.accounts.add("root", "admin", PASSWORD)
    browser = browser_of(council)
    assert "/login/openid" not in browser.get("/login").text
    assert [browser.get(f"/login/openid{end}").status_code for end in ("", "/back")] == [404, 404]


def test_the_form_may_be_left_out(build: Callable[..., Parts]) -> None:
    """Then a password opens nothing, even to who makes the form themselves."""
    council = build(only=True)
    browser = browser_of(council)
    page = browser.get("/login").text
    assert 'type="password"' not in page
    assert "Sign in with OpenID" in page
    assert_refused(browser.post("/login", data={"name": "root", "password": PASSWORD}), "Sign in with OpenID")
    assert name_of(browser) is None


def test_a_missing_package_stops_the_start(
    make_settings: Callable[..., Any], provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install; without a provider nothing of it is imported."""
    monkeypatch.setitem(sys.modules, "authlib.oidc.core", None)
    for start in (prepare, create_app):
        with pytest.raises(SettingsError) as refused:
            start(make_settings(oidc=OidcSettings(**provider.settings())))
        assert "requirements-oidc.txt" in refused.value.hint
    prepare(make_settings())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ISSUER": "http://provider.example", "CLIENT_ID": "c"}, "https://"),
        ({"ISSUER": "https://provider.example?a=b", "CLIENT_ID": "c"}, "without ? and #"),
        ({"ISSUER": "https://provider.example"}, "client_id is missing"),
        ({"ONLY": "1"}, "only needs an issuer"),
        ({"ROLE_CLAIM": "groups"}, "belong together"),
        ({"ROLE_CLAIM": "groups", "ROLES": "staff=king"}, "staff"),
        ({"SCOPES": "profile"}, "openid must be among them"),
    ],
)
def test_settings_that_do_not_fit_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str
) -> None:
    """Each with what is wrong."""
    for name, value in given.items():
        monkeypatch.setenv(f"COUNCIL_OIDC__{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert said.casefold() in refused.value.message.casefold()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Lists by commas, roles as value=role, the secret from a file."""
    (tmp_path / "secret").write_text("from-a-file\n")
    given = {
        "ISSUER": "https://provider.example", "CLIENT_ID": "council", "CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "ROLE_CLAIM": "groups", "ROLES": "cn=bosses=admin, staff=member", "EMAIL_DOMAINS": "@A.example, b.example",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"COUNCIL_OIDC__{name}", value)
    oidc = load_settings().oidc
    assert oidc.client_secret is not None
    assert oidc.client_secret.get_secret_value() == "from-a-file"
    assert oidc.roles == {"cn=bosses": "admin", "staff": "member"}
    assert oidc.email_domains == ("a.example", "b.example")
    assert "from-a-file" not in repr(oidc)


def assert_refused(answer: Any, sentence: str) -> None:
    """The sign-in page, with a sentence of ours and nothing of the provider's."""
    assert answer.request.path == "/login", answer.text
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert "alert(1)" not in answer.text
    assert CLIENT_SECRET not in answer.text
