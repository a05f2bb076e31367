"""/me, /users and the socket's ticket: who one is, with what programs ask, and who may sign in."""

from typing import Annotated, Any, Literal

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from council.engine.shelving import parsed
from council.errors import Forbidden, IllegalTransition, Invalid
from council.meeting.state import is_final
from council.parts import Parts
from council.people.who import Level, Role, Who, reaches
from council.web import people_shapes as shapes
from council.web.auth import me
from council.web.body import read_object, read_query
from council.web.describe import NOTHING, Answer, Body, describes
from council.web.ids import known

Text = Annotated[str, StringConstraints(max_length=1024)]
NOBODY = "nobody"  # Has no tokens.
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class TokenBody(BaseModel):
    """An API token to be: what uses it, how much it may do, and for how many days (``null``: for ever)."""

    model_config = _STRICT
    name: Text
    scope: Level = "run"
    days: int | None = Field(90, ge=1)


class PasswordBody(BaseModel):
    """One's password, and the new one."""

    model_config = _STRICT
    password: Text
    new_password: Text


class UserBody(BaseModel):
    """Somebody who may sign in; without a password only by the OpenID provider."""

    model_config = _STRICT
    name: Text
    role: Role = "member"
    password: Text | None = None


class UserChange(BaseModel):
    """What is left out stays."""

    model_config = _STRICT
    role: Role | None = None
    disabled: bool | None = None
    password: Text | None = None


class ShareBody(BaseModel):
    """What they may do with it."""

    model_config = _STRICT
    level: Literal["read", "run"]


class OwnerBody(BaseModel):
    """Whose it is from now on."""

    model_config = _STRICT
    user: Text


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("people_api", __name__, url_prefix="/api/v1")
    people = parts.people

    @api.get("/me")
    @describes("read_me", "Who asks, and how much they may do", answer=shapes.Me)
    def read_me() -> Response:
        read_query()
        who = me()
        name = who.name if who.user_id else None
        return jsonify(user_id=who.user_id, name=name, level=who.level)

    @api.post("/me/password")
    @describes(
        "change_password",
        "Change one's password",
        details="Every other sign-in of theirs ends.",
        body=Body({"password": "the old one", "new_password": "four words of no sense"}, PasswordBody),
        answers={204: NOTHING},
        errors={403: "That is not the password (`wrong_password`)."},
    )
    def change_password() -> tuple[str, int]:
        who, body = _signed_in(), parsed(PasswordBody, read_object())
        if people.attempts.take(f"user {who.user_id}") or not people.accounts.with_password(
            who.name, body.password
        ):
            raise Forbidden(
                "That is not your password.", code="wrong_password", hint="Try again in a minute."
            )
        people.accounts.set_password(who.name, body.new_password, keep=who.credential_id)
        people.doorkeeper.look()
        return "", 204

    @api.get("/me/tokens")
    @describes("list_tokens", "List one's API tokens", answer=shapes.TokenList)
    def list_tokens() -> Response:
        read_query()
        return jsonify(items=people.keys.tokens(_signed_in().user_id or ""), next=None)

    @api.post("/me/tokens")
    @describes(
        "make_token",
        "Make an API token",
        details="It is told once, and may do no more than whoever makes it.",
        body=Body({"name": "nightly report", "scope": "read", "days": 30}, TokenBody),
        answers={201: Answer.of(shapes.NewToken)},
        errors={409: "There are too many (`conflict`)."},
    )
    def make_token() -> tuple[Response, int]:
        who, body = _signed_in(), parsed(TokenBody, read_object())
        if not who.with_cookie:
            raise Forbidden(
                "A token makes no tokens.", code="sign_in_first", hint="Sign in on the page People."
            )
        if not reaches(who.level, body.scope):
            raise Forbidden("A token may do no more than you.", hint=f"Your level is {who.level}.")
        key = people.keys.token(who.user_id or "", name=body.name, scope=body.scope, days=body.days)
        return jsonify(token_id=key.credential_id, token=key.secret, expires_at=key.expires_at), 201

    @api.delete("/me/tokens/<token_id>")
    @describes(
        "revoke_token",
        "Revoke an API token",
        answers={204: NOTHING},
        errors={422: "Nobody signs in here (`no_users`)."},
    )
    def revoke_token(token_id: str) -> tuple[str, int]:
        who = me()
        if not who.with_cookie and who.user_id and token_id != who.credential_id and _has(who, token_id):
            raise Forbidden(
                "A token ends no token but itself.", code="sign_in_first", hint="Sign in on the page People."
            )
        people.keys.end(token_id, who.user_id or NOBODY)
        people.doorkeeper.look()
        return "", 204

    def _has(who: Who, token_id: str) -> bool:
        return any(each["token_id"] == token_id for each in people.keys.tokens(who.user_id or NOBODY))

    @api.post("/ws-ticket")
    @describes(
        "make_ticket",
        "Make a ticket that opens one socket",
        details="For clients that can send neither a cookie nor a header with the handshake. Good once, for 30 s.",
        answers={201: Answer.of(shapes.Ticket)},
        errors={422: "Nobody signs in here: connect without one."},
    )
    def ticket() -> tuple[Response, int]:
        key = people.keys.ticket(me())
        return jsonify(ticket=key.secret, expires_at=key.expires_at), 201

    @api.get("/users")
    @describes("list_users", "List who may sign in", answer=shapes.UserList)
    def list_users() -> Response:
        read_query()
        return jsonify(items=people.accounts.all(), next=None)

    @api.post("/users")
    @describes(
        "add_user",
        "Add somebody who may sign in",
        body=Body({"name": "ada", "role": "member", "password": "four words of no sense"}, UserBody),
        answers={201: Answer.of(shapes.User)},
        errors={409: "The name is taken (`conflict`)."},
    )
    def add_user() -> tuple[Response, int]:
        _signed_in()
        body = parsed(UserBody, read_object())
        return jsonify(people.accounts.add(body.name, body.role, body.password)), 201

    @api.put("/users/<name>")
    @describes(
        "change_user",
        "Change somebody's role or password, or keep them out",
        body=Body({"role": "viewer"}, UserChange),
        answer=shapes.User,
        errors={403: "No admin would be left (`last_admin`)."},
    )
    def change_user(name: str) -> Response:
        body = parsed(UserChange, read_object())
        user = people.accounts.change(name, body.role, body.disabled, body.password)
        people.doorkeeper.look()
        return jsonify(user)

    @api.delete("/users/<name>")
    @describes(
        "remove_user",
        "Forget somebody; what they made becomes the admins'",
        answers={204: NOTHING},
        errors={403: "No admin would be left (`last_admin`)."},
    )
    def remove_user(name: str) -> tuple[str, int]:
        people.accounts.remove(name)
        people.doorkeeper.look()
        return "", 204

    return api


def shares_blueprint(parts: Parts) -> Blueprint:
    """/{sessions,templates,agents,groups}/{id}/shares: whose it is, and who else may see it."""
    api = Blueprint("shares", __name__, url_prefix="/api/v1")
    people = parts.people

    @api.url_value_preprocessor
    def as_stored(_endpoint: str | None, named: dict[str, Any] | None) -> None:
        """Raises NotFound for what can be no session's id."""
        if named and named["kind"] == "sessions":
            named["thing_id"] = known(named["thing_id"])

    @api.get("/<any(sessions, templates, agents, groups):kind>/<thing_id>/shares")
    @describes("list_shares", "Whose a thing is, and who else may see it", answer=shapes.ShareList)
    def list_shares(kind: str, thing_id: str) -> Response:
        read_query()
        return jsonify(people.access.shared_with(_word(kind), thing_id))

    @api.put("/<any(sessions, templates, agents, groups):kind>/<thing_id>/shares/<user>")
    @describes(
        "share",
        "Share a thing with somebody",
        details="`*` is everybody who can sign in. `read`: they may look at it; `run`: take part in it, or change it.",
        body=Body({"level": "read"}, ShareBody),
        answers={204: NOTHING},
    )
    def share(kind: str, thing_id: str, user: str) -> tuple[str, int]:
        level = parsed(ShareBody, read_object()).level
        people.access.share(_word(kind), thing_id, user, level)
        people.audience.forget()
        return "", 204

    @api.delete("/<any(sessions, templates, agents, groups):kind>/<thing_id>/shares/<user>")
    @describes("take_back", "Take a share back", answers={204: NOTHING})
    def take_back(kind: str, thing_id: str, user: str) -> tuple[str, int]:
        people.access.take_back(_word(kind), thing_id, user)
        people.doorkeeper.look()
        return "", 204

    @api.put("/<any(sessions, templates, agents, groups):kind>/<thing_id>/owner")
    @describes(
        "give",
        "Give a thing to somebody else",
        body=Body({"user": "ada"}, OwnerBody),
        answers={204: NOTHING},
    )
    def give(kind: str, thing_id: str) -> tuple[str, int]:
        user = parsed(OwnerBody, read_object()).user
        if kind == "sessions" and not me().is_admin and not is_final(parts.archive.status(known(thing_id))):
            raise IllegalTransition(
                "A meeting that is not over stays with whoever began it.", hint="Stop it first."
            )
        people.access.give(_word(kind), thing_id, user)
        people.doorkeeper.look()
        return "", 204

    return api


def _word(kind: str) -> Any:
    return kind.removesuffix("s")


def _signed_in() -> Who:
    """Raises Invalid where nobody signs in."""
    who = me()
    if who.user_id is None:
        raise Invalid(
            "Nobody signs in here.",
            code="no_users",
            hint="council user add NAME --role admin makes the first user.",
        )
    return who
