"""Whom the door turns away who wanted to listen, counted by why: the hub counts those whom it refuses itself."""

from flask import Flask, Response, g

from council.live.audience import Refusal
from council.live.hub import Hub
from council.web.trail import is_for_listening

_WHY: dict[str, Refusal] = {
    "unknown_host": "host",
    "foreign_origin": "origin",
    "sign_in_needed": "sign_in",
    "no_users": "sign_in",
    "bad_token": "sign_in",
}
"""By the code that they are told. Who is too quick is counted where that is found out: the hub says the same code."""


def install(app: Flask, hub: Hub) -> None:
    @app.after_request
    def count(response: Response) -> Response:
        why = _WHY.get(g.pop("refused_with", ""))
        if why and is_for_listening():
            hub.turned_away(why)
        return response
